/**
 * A classifier as data: how it is fitted again, and what notebooks found worth fitting.
 *
 * @module
 */
export { offer, type OfferedImages, offers } from "./offers.ts";
export type { EnsembleRecipe, FineTunedRecipe, HeadRecipe, HeadSpec, NetworkRecipe, Offer, Recipe } from "./types.ts";
