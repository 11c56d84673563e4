/**
 * Varying training images.
 *
 * @module
 */
export { augment, type AugmentOptions } from "./augment.ts";
export { AugmentError } from "./errors.ts";
export * as policies from "./policies.ts";
export { checkedPolicy, combined } from "./policy.ts";
export type { AugmentationPolicy, ColourOperation, GeometricOperation, Operation, OtherOperation } from "./types.ts";
export { inWords } from "./words.ts";
