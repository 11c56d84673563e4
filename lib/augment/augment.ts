import type { Random } from "../stats/mod.ts";
import { blur } from "./_blur.ts";
import { Canvas } from "./_canvas.ts";
import { cutout } from "./_cutout.ts";
import { noise } from "./_noise.ts";
import { trivialAugment } from "./_trivial.ts";
import type { AugmentationPolicy, Operation } from "./types.ts";

/** What augmenting needs to know of the values. */
export interface AugmentOptions {
  /** The value of white: 255 for bytes, else 1 unless given. Values run from 0 to it. */
  readonly white?: number;
}

/**
 * Varies a batch of images, each by its own draws. Operations are applied in their order; neighbouring geometric ones in
 * one pass with bilinear interpolation (flips and shifts by copying), neighbouring changes of colour in one pass.
 *
 * ```ts
 * import { augment, policies } from "./mod.ts";
 * import { Random } from "../stats/mod.ts";
 *
 * const white = new Uint8Array(2 * 8 * 8 * 3).fill(255); // two images of 8x8
 * const varied = augment(white, 8, policies.flipShift, new Random(1));
 * console.assert(varied.length === white.length && varied.every((value) => value === 255));
 * ```
 *
 * @param images RGB [n, size, size, 3], bytes or floats. Not changed.
 * @param policy As `checkedPolicy` lets through.
 * @returns [n, size, size, 3] in the same range of values.
 */
export function augment(
  images: Float32Array | Uint8Array,
  size: number,
  policy: AugmentationPolicy,
  random: Random,
  options: AugmentOptions = {},
): Float32Array {
  const { white = images instanceof Uint8Array ? 255 : 1 } = options;
  const varied = new Float32Array(images.length);
  const canvas = new Canvas(images, varied, size, white);
  const stride = size * size * 3;
  for (let start = 0; start < images.length; start += stride) {
    canvas.begin(start);
    for (const operation of policy.operations) {
      const chance = operation.chance ?? (operation.kind === "flip" ? 0.5 : 1);
      if (chance === 1 || random.next() < chance) apply(operation, canvas, random);
    }
    canvas.painted();
  }
  return varied;
}

function apply(operation: Operation, canvas: Canvas, random: Random): void {
  const { size, white } = canvas;
  switch (operation.kind) {
    case "flip":
    case "rotate":
    case "scale":
    case "translate":
    case "shear":
    case "crop":
      canvas.coloured();
      return canvas.geometry.draw(operation, size, random);
    case "brightness":
    case "contrast":
    case "saturation":
    case "hue":
      return canvas.colours.draw(operation, () => canvas.lightness(), random);
    case "trivial":
      canvas.painted();
      return trivialAugment(canvas, operation, random);
  }
  const [values, at] = canvas.painted();
  switch (operation.kind) {
    case "blur": {
      const sigma = operation.sigma * size * random.next();
      return sigma < 0.05 ? undefined : blur(values, at, size, sigma); // below, less than rounding
    }
    case "noise":
      return noise(values, at, size * size * 3, operation.sigma * white * random.next(), white, random);
    case "cutout":
      return cutout(values, at, size, operation.side, random);
  }
}
