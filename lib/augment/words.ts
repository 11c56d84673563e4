import type { AugmentationPolicy, Operation } from "./types.ts";

/**
 * What a policy does to images, for people, to be read after "images": "mirrored left to right, moved by up to 12.5 %".
 * Names of operations alone would need a glossary.
 */
export function inWords({ operations }: AugmentationPolicy): string {
  const phrases: string[] = [];
  for (let i = 0; i < operations.length; i++) {
    const operation = operations[i];
    const alike = adjusted(operations.slice(i));
    if (alike.length > 1) {
      const names = alike.map(({ kind }) => kind);
      phrases.push(
        `with ${names.slice(0, -1).join(", ")} and ${names.at(-1)} changed by up to ${percent(alike[0].by)}`,
      );
      i += alike.length - 1;
    } else phrases.push(what(operation) + howOften(operation));
  }
  return phrases.join(", ");
}

type Adjusting = Extract<Operation, { readonly kind: "brightness" | "contrast" | "saturation" }>;

/** The changes of brightness, contrast and saturation at the beginning that are alike but for that. */
function adjusted(operations: readonly Operation[]): Adjusting[] {
  const alike: Adjusting[] = [];
  for (const operation of operations) {
    if (!(operation.kind === "brightness" || operation.kind === "contrast" || operation.kind === "saturation")) break;
    if (operation.chance !== undefined || (alike.length > 0 && operation.by !== alike[0].by)) break;
    alike.push(operation);
  }
  return alike;
}

function howOften({ kind, chance }: Operation): string {
  if (chance === undefined || chance === (kind === "flip" ? 0.5 : 1)) return "";
  return chance === 0.5 ? " (half of them)" : ` (${percent(chance)} of them)`;
}

function what(operation: Operation): string {
  switch (operation.kind) {
    case "flip":
      return operation.axis === "horizontal" ? "mirrored left to right" : "mirrored top to bottom";
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
    case "contrast":
    case "saturation":
      return `with ${operation.kind} changed by up to ${percent(operation.by)}`;
    case "hue":
      return `with hue turned by up to ${number(operation.degrees)}°`;
    case "blur":
      return `blurred by up to ${percent(operation.sigma)} of the size`;
    case "noise":
      return `with noise of up to ${percent(operation.sigma)}`;
    case "cutout":
      return `with a square of ${percent(operation.side)} of the size covered`;
    case "trivial":
      return operation.space === "wide" ? "with one random change of any strength" : "with one random change";
  }
}

function percent(share: number): string {
  return `${number(100 * share)}\u00a0%`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
