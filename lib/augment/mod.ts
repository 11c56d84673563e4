/**
 * Varying training images.
 *
 * @module
 */
export type { AugmentationPolicy } from "./types.ts";
