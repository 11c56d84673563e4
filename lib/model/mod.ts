/**
 * Architectures, and networks that others have trained.
 *
 * @module
 */
export { bundledBackbone } from "./backbone/bundled.ts";
export { type Backbone, BackboneError, type Tap } from "./backbone/types.ts";
export { smallCnn } from "./small_cnn.ts";
export { threadCnn } from "./thread_cnn.ts";
export type { ModelInput, ModelSpec } from "./types.ts";
