/**
 * Architectures.
 *
 * @module
 */
export type { ModelInput, ModelSpec } from "./types.ts";
