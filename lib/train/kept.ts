import type { Dataset, Fold } from "../dataset/mod.ts";
import type { ModelSpec } from "../model/mod.ts";
import { planned } from "./_planned.ts";
import { ExperimentStore } from "./store.ts";
import type { TrainingConfig } from "./types.ts";

/**
 * How many of these experiments are in the store: they would not be trained again.
 *
 * @throws RangeError for a configuration that cannot train.
 * @throws FileError when the store cannot be opened.
 */
export async function keptRuns(
  model: ModelSpec,
  dataset: Dataset,
  folds: readonly Fold[],
  partial: Partial<TrainingConfig> = {},
): Promise<number> {
  const ids = folds.map((fold) => planned(model, dataset, fold, partial).id);
  const store = await ExperimentStore.open();
  try {
    return ids.filter((id) => store.has(id)).length;
  } finally {
    store.close();
  }
}
