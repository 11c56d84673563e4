import type { AugmentationPolicy, Operation } from "./types.ts";

/**
 * What a policy does, for people: "mirrored left to right, moved by up to 13 %". Names of operations alone would need a
 * glossary.
 */
export function inWords({ operations }: AugmentationPolicy): string {
  return operations.map(phrase).join(", ");
}

function phrase(operation: Operation): string {
  const { chance } = operation;
  const usual = operation.kind === "flip" ? 0.5 : 1;
  return what(operation) + (chance === undefined || chance === usual ? "" : ` (${percent(chance)} of the images)`);
}

function what(operation: Operation): string {
  switch (operation.kind) {
    case "flip":
      return operation.axis === "horizontal" ? "mirrored left to right" : "turned upside down by mirroring";
    case "rotate":
      return `turned by up to ${number(operation.degrees)}°`;
    case "scale":
      return `zoomed by up to ${percent(operation.by)}`;
    case "translate":
      return `moved by up to ${percent(operation.by)}`;
    case "shear":
      return `slanted by up to ${number(operation.degrees)}°`;
    case "crop":
      return `cropped to ${percent(operation.least)} of the area or more`;
    case "brightness":
      return `brightness changed by up to ${percent(operation.by)}`;
    case "contrast":
      return `contrast by up to ${percent(operation.by)}`;
    case "saturation":
      return `saturation by up to ${percent(operation.by)}`;
    case "hue":
      return `hue by up to ${number(operation.degrees)}°`;
    case "blur":
      return `blurred by up to ${percent(operation.sigma)} of the size`;
    case "noise":
      return `noise of up to ${percent(operation.sigma)}`;
    case "cutout":
      return `a square of ${percent(operation.side)} of the size covered`;
    case "trivial":
      return operation.space === "wide" ? "one random change, of any strength" : "one random change";
  }
}

function percent(share: number): string {
  return `${number(Math.round(1000 * share) / 10)}\u00a0%`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
