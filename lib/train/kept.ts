import type { Dataset, Fold } from "../dataset/mod.ts";
import * as engine from "../engine/mod.ts";
import type { ModelSpec } from "../model/mod.ts";
import { experimentId } from "./_experiment.ts";
import { partsOf } from "./_parts.ts";
import { configFor } from "./config.ts";
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
  const config = configFor(model, partial);
  const store = await ExperimentStore.open();
  try {
    let kept = 0;
    for (const fold of folds) {
      const id = experimentId(dataset, partsOf(dataset, fold, config), model, config, engine.current().label);
      if (store.has(id)) kept++;
    }
    return kept;
  } finally {
    store.close();
  }
}
