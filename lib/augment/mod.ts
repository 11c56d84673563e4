/**
 * Varying training images.
 *
 * @module
 */
export { augment } from "./augment.ts";
export * as policies from "./policies.ts";
export type { AugmentationPolicy } from "./types.ts";
