import { colourShift } from "./colour_shift.ts";
import type { LookingRule } from "./_context.ts";
import { labelFromBrightness, labelFromMetadata } from "./label_from_metadata.ts";
import { shortcutRegion } from "./shortcut_region.ts";
import { sizeShift } from "./size_shift.ts";
import { turnedImages } from "./turned_images.ts";

export type { LookingRule } from "./_context.ts";

/** What is looked for in the pictures themselves. */
export const LOOKING_RULES: readonly LookingRule[] = [
  async (source) => [...(await shortcutRegion({ source })).findings.findings],
  labelFromMetadata,
  labelFromBrightness,
  turnedImages,
  colourShift,
  sizeShift,
];
