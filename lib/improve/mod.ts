/**
 * The levers: tuning, augmentation, more data, pre-trained networks; and what each of them gains.
 *
 * @module
 */
export { augmentation, type AugmentationOptions } from "./augmentation/augmentation.ts";
export { type Effect, PolicyEffects, type TogetherEffect } from "./augmentation/policy_effects.ts";
export { type VariationOptions, variations } from "./augmentation/variations.ts";
