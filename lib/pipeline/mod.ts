/**
 * A classifier as data: how it is fitted again, and what notebooks found worth fitting.
 *
 * @module
 */
export { PipelineError } from "./errors.ts";
export { offer, type OfferedImages, offers } from "./offers.ts";
export { type Picture, squared } from "./resize.ts";
export type { EnsembleRecipe, FineTunedRecipe, HeadRecipe, HeadSpec, NetworkRecipe, Offer, Recipe } from "./types.ts";
