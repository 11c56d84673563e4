/**
 * The levers: tuning, augmentation, more data, pre-trained networks; and what each of them gains.
 *
 * @module
 */
export { openBackbone, OpenedBackbone } from "./backbone/opened.ts";
export { augmentation, type AugmentationOptions } from "./augmentation/augmentation.ts";
export { type Effect, PolicyEffects, type TogetherEffect } from "./augmentation/policy_effects.ts";
export { type VariationOptions, variations } from "./augmentation/variations.ts";
export {
  type Evaluate,
  type Found,
  type Importances,
  Search,
  search,
  type SearchOptions,
  SearchSpace,
  searchSpace,
  type Settings,
} from "./search/mod.ts";
