import type { Dataset } from "../dataset/mod.ts";
import { specOf } from "../model/mod.ts";
import { type Experiment, fitAll } from "../train/mod.ts";
import { wholeFold } from "./kinds/network.ts";
import type { NetworkRecipe, Recipe } from "./types.ts";

/**
 * Trains the networks of several recipes on these images, those of ensembles too, as many at the same time as there are
 * Workers. Their runs are in the store afterwards, where `fit` finds them.
 *
 * @throws Interrupted when the person stopped it; finished runs are kept.
 */
export async function trainNetworks(
  images: Dataset,
  indices: readonly number[],
  recipes: readonly Recipe[],
): Promise<void> {
  const networks = recipes.flatMap(networksOf);
  const list: Experiment[] = [];
  for (const recipe of networks) {
    list.push({
      model: await specOf(recipe.model),
      fold: wholeFold(images, indices, recipe),
      config: recipe.config,
      label: `${recipe.model.name} on all images, with none left to validate on`,
    });
  }
  if (list.length > 0) await fitAll(images, list);
}

function networksOf(recipe: Recipe): NetworkRecipe[] {
  if (recipe.kind === "network") return [recipe];
  return recipe.kind === "ensemble" ? recipe.members.flatMap(networksOf) : [];
}
