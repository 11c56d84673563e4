import { bundledBackbone } from "../../model/mod.ts";
import type { HeadSpec, Recipe } from "../types.ts";

/** A recipe in words, without a full stop: "Logistic regression (C = 30) on frozen features of coco-mobilenet-v3 (3 taps)". */
export function recipeText(recipe: Recipe): string {
  switch (recipe.kind) {
    case "network": {
      const { epochs, batchSize, augmentation, earlyStopping } = recipe.config;
      const how = [
        ...(epochs === undefined ? [] : [`at most ${epochs} epochs`]),
        ...(batchSize === undefined ? [] : [`batches of ${batchSize}`]),
        ...(augmentation ? ["varied images"] : []),
        ...(earlyStopping ? ["early stopping"] : []),
      ];
      return `The network ${recipe.model.name}, trained from nothing${how.length === 0 ? "" : ` (${how.join(", ")})`}`;
    }
    case "head":
      return `${headText(recipe.head)} on frozen features of ${backboneText(recipe.backbone)} (${
        recipe.taps.length === 1 ? "1 tap" : `${recipe.taps.length} taps`
      })`;
    case "fine-tuned":
      return `${backboneText(recipe.backbone)}, trained on from ${recipe.from} for ${recipe.epochs} epochs`;
    case "ensemble":
      return `The mean of ${recipe.members.length}: ${recipe.members.map(recipeText).join("; ")}`;
  }
}

/** Paths of the backbones that a recipe uses, each once; "" is the bundled one. */
export function backbonesOf(recipe: Recipe): string[] {
  if (recipe.kind === "network") return [];
  if (recipe.kind === "ensemble") return [...new Set(recipe.members.flatMap(backbonesOf))];
  return [recipe.backbone];
}

function headText(head: HeadSpec): string {
  switch (head.kind) {
    case "logistic":
      return `Logistic regression (C = ${Number(head.c.toPrecision(3))})`;
    case "discriminant":
      return "Linear discriminant analysis";
    case "class-mean":
      return "The nearest class mean";
    case "nearest":
      return `The ${head.k} nearest images`;
    case "mlp":
      return `A network with one hidden layer of ${head.units}`;
  }
}

/** A backbone's name; of a person's own the file's, never its folder. */
export function backboneText(path: string): string {
  return path === "" ? bundledBackbone().name : path.split(/[/\\]/).slice(-2).join("/");
}
