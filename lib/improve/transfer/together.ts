import type { Dataset } from "../../dataset/mod.ts";
import type { Predictions } from "../../diagnose/mod.ts";
import { type ModelSpec, portable } from "../../model/mod.ts";
import type { TrainingConfig } from "../../train/mod.ts";
import { type Ensembles, ensembles, type Member } from "./ensembles.ts";
import type { Heads } from "./heads.ts";
import { FAMILY_NAMES } from "./_words.ts";

/** A network that was trained on the same folds. */
export interface TrainedNetwork {
  /** As "small CNN". */
  readonly label: string;
  readonly model: ModelSpec;
  readonly config: Partial<TrainingConfig>;
  readonly predictions: Predictions;
}

/**
 * The chosen head together with one of another kind that sees differently, with a network trained from nothing, and with
 * both; and with the heads chosen for other pre-trained networks, where there are any. Which kind was fixed beforehand:
 * logistic regression, else the nearest neighbours.
 *
 * @param options `others`: on the same folds.
 */
export function together(
  dataset: Dataset,
  heads: Heads,
  network: TrainedNetwork,
  options: { readonly seed?: number; readonly others?: readonly Heads[] } = {},
): Ensembles {
  const { size, classes } = dataset;
  const described = portable(network.model, { size, classes: classes.length, seed: network.config.seed ?? 1 });
  const trained: Member = {
    label: network.label,
    predictions: network.predictions,
    recipe: described === null ? null : { kind: "network", model: described, config: network.config },
  };
  const first: Member = { label: "Chosen head", predictions: heads.predictions, recipe: heads.recipe() };
  const kinds = ["logistic", "nearest", "discriminant"] as const;
  const chosen = heads.row("chosen").final!.head.kind;
  const kind = kinds.find((kind) => kind !== chosen && heads.rows.some(({ family }) => family === kind))!;
  const other: Member = {
    label: FAMILY_NAMES[kind].toLowerCase(),
    predictions: heads.row(kind).predictions,
    recipe: heads.recipe(kind),
  };
  const elsewhere = (options.others ?? []).filter((one) => one !== heads).map((one): Member => {
    return { label: `head on ${one.backbone.name}`, predictions: one.predictions, recipe: one.recipe() };
  });
  const sets = [[other], [trained], [other, trained], ...(elsewhere.length > 0 ? [elsewhere] : [])];
  return ensembles(dataset, first, sets, options);
}
