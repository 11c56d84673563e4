import type { AugmentationPolicy, Operation } from "./types.ts";

function policy(name: string, ...operations: Operation[]): AugmentationPolicy {
  return { name, operations };
}

const mirrored = { kind: "flip", axis: "horizontal" } as const;
const shifted = { kind: "translate", by: 0.125 } as const;

/** Mirrors half of the images. Wrong where left and right carry the label: text, digits, hands. */
export const flip = policy("flip", mirrored);

/** Turns half of the images upside down. Right for what is seen from above, wrong for most else. */
export const flipVertical = policy("flip-vertical", { kind: "flip", axis: "vertical" });

/** Moves images by up to an eighth of their size; what is uncovered repeats the edge. */
export const shift = policy("shift", shifted);

/** Both. */
export const flipShift = policy("flip-shift", mirrored, shifted);

/** Turns by up to 15 degrees: what a hand-held camera does. */
export const rotate = policy("rotate", { kind: "rotate", degrees: 15 });

/** Zooms in or out by up to a quarter. */
export const scale = policy("scale", { kind: "scale", by: 0.25 });

/** Slants by up to 10 degrees. */
export const shear = policy("shear", { kind: "shear", degrees: 10 });

/** Shows half to all of the area of the image, at full size. */
export const crop = policy("crop", { kind: "crop", least: 0.5 });

/** Brightness, contrast and saturation by up to 30 %, hue by up to 15 degrees. Wrong where the colour is the label. */
export const colour = policy(
  "colour",
  { kind: "brightness", by: 0.3 },
  { kind: "contrast", by: 0.3 },
  { kind: "saturation", by: 0.3 },
  { kind: "hue", degrees: 15 },
);

/** Blurs half of the images, by up to one pixel in 64. */
export const blur = policy("blur", { kind: "blur", sigma: 1 / 64, chance: 0.5 });

/** Adds noise of up to 5 % of white. */
export const noise = policy("noise", { kind: "noise", sigma: 0.05 });

/** Covers a square of a quarter of the area with the mean colour, in half of the images. */
export const cutout = policy("cutout", { kind: "cutout", side: 0.5, chance: 0.5 });

/** One drawn operation of a drawn strength for each image. */
export const trivial = policy("trivial-augment", { kind: "trivial", space: "standard" });

/** The same with stronger operations. */
export const trivialWide = policy("trivial-augment-wide", { kind: "trivial", space: "wide" });
