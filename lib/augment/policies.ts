import type { AugmentationPolicy } from "./types.ts";

/** Mirrors half of the images. Wrong where left and right carry the label: text, digits, hands. */
export const flip: AugmentationPolicy = { name: "flip", flip: true, shift: 0 };

/** Moves images by up to an eighth of their size; what is uncovered repeats the edge. */
export const shift: AugmentationPolicy = { name: "shift", flip: false, shift: 0.125 };

/** Both. */
export const flipShift: AugmentationPolicy = { name: "flip-shift", flip: true, shift: 0.125 };
