/**
 * Architectures: the workbench's own, and the person's; and networks that others have trained.
 *
 * @module
 */
export { bundledBackbone } from "./backbone/bundled.ts";
export type { BackboneCard } from "./backbone/card.ts";
export { loadBackbone } from "./backbone/load.ts";
export {
  type Backbone,
  BackboneError,
  type BackboneGuess,
  type FeatureChoice,
  type FeatureMap,
  type FeaturePart,
  type FeatureSource,
  type NetworkSource,
  type Pooling,
  POOLINGS,
  type Tap,
} from "./backbone/types.ts";
export { ModelError } from "./errors.ts";
export { load, type LoadOptions } from "./own/load.ts";
export { portable, type PortableModel, rebuild, specOf } from "./portable.ts";
export { smallCnn, type SmallCnnOptions } from "./small_cnn.ts";
export { smallResNet } from "./small_res_net.ts";
export { threadCnn } from "./thread_cnn.ts";
export { type TailOptions, trainableTail } from "./tail/trainable_tail.ts";
export type { Tail, TrainableBlocks } from "./tail/types.ts";
export type { ModelInput, ModelSource, ModelSpec } from "./types.ts";
