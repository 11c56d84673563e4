import type { Dataset, Fold } from "../../dataset/mod.ts";
import type { Fitted, FoldEmbedding, Kind, Kinds, Predictor, WriteFacts, Written } from "../fitted.ts";
import type { Recipe } from "../types.ts";
import { ensemble } from "./ensemble.ts";
import { fineTuned } from "./fine_tuned.ts";
import { head } from "./head.ts";
import { network } from "./network.ts";

/** One entry for each kind of recipe: a new kind is one more file. */
const kinds: Kinds = { network, head, "fine-tuned": fineTuned, ensemble };

/** What, besides the recipe and the images, decides about the result. */
export function identityOf(recipe: Recipe): Promise<string> {
  return kindOf(recipe).identity(recipe);
}

/** Fits a recipe on these images. */
export function fitRecipe(images: Dataset, indices: readonly number[], recipe: Recipe): Promise<Fitted> {
  return kindOf(recipe).fit(images, indices, recipe);
}

/** Makes what was fitted ready to predict. */
export function openFitted(fitted: Fitted, facts: { classes: number; size: number }): Promise<Predictor> {
  return kindOf(fitted.recipe).open(fitted, facts);
}

/** Writes what was fitted as ONNX operators. */
export function writeFitted(
  fitted: Fitted,
  facts: WriteFacts,
  prefix: string,
): Promise<Written> {
  return kindOf(fitted.recipe).write(fitted, facts, prefix);
}

/** What a classifier trained on `fold.train` sees of both parts. */
export function foldEmbeddings(images: Dataset, fold: Fold, recipe: Recipe): Promise<FoldEmbedding | null> {
  return kindOf(recipe).embeddings(images, fold, recipe);
}

function kindOf(recipe: Recipe): Kind<Recipe> {
  return kinds[recipe.kind] as unknown as Kind<Recipe>;
}
