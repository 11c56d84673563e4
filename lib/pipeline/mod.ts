/**
 * A classifier as data: how it is fitted again, and what notebooks found worth fitting.
 *
 * @module
 */
export { type Advice, advice, type AdviceCost, advise } from "./advice.ts";
export { type Answer, Classifier, type ClassifierContent, type ClassifierFacts } from "./classifier.ts";
export { PipelineError } from "./errors.ts";
export { backbonesOf, backboneText, recipeText } from "./export/describe.ts";
export { licences, modelCard } from "./export/model_card.ts";
export { classifierFile } from "./export/onnx_file.ts";
export { type Agreement, compareExport } from "./export/verify.ts";
export { exportClassifier, type Exported } from "./export/write.ts";
export { fit, type FitOptions } from "./fit.ts";
export type { Fitted } from "./fitted.ts";
export { offerOf } from "./offer_of.ts";
export { offer, type OfferedImages, offers } from "./offers.ts";
export { trainNetworks } from "./prepare.ts";
export { type Picture, squared } from "./resize.ts";
export { loadSaved, save } from "./save.ts";
export type { EnsembleRecipe, FineTunedRecipe, HeadRecipe, HeadSpec, NetworkRecipe, Offer, Recipe } from "./types.ts";
export type { UnlikeRule } from "./unlike.ts";
