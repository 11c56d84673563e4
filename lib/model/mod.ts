/**
 * Architectures.
 *
 * @module
 */
export { smallCnn } from "./small_cnn.ts";
export { threadCnn } from "./thread_cnn.ts";
export type { ModelInput, ModelSpec } from "./types.ts";
