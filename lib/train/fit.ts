import type { Dataset, Fold } from "../dataset/mod.ts";
import type { ModelSpec } from "../model/mod.ts";
import { fitAll, type FitOptions } from "./fit_all.ts";
import type { Run } from "./run.ts";
import type { TrainingConfig } from "./types.ts";

/**
 * Trains one experiment, or takes its run from the store: an experiment that is there already is never trained again.
 *
 * With early stopping, an inner part of `fold.train` (see `TrainingConfig.earlyStopping`) says when to stop: that part is
 * not trained on, and `fold.validation` decides nothing.
 *
 * @param fold Trains on `fold.train`, measures on `fold.validation`.
 * @param config What is left out is: 20 epochs, batches of 32, Adam at 0.001, no early stopping, no augmentation, seed 1.
 *   A model that takes images of one size, or pixels from 0 to 255, gets them so.
 * @throws RangeError for a configuration that cannot train, naming the option and its value.
 * @throws Interrupted when the person stopped it; finished runs are kept.
 * @throws FileError when the run cannot be stored.
 */
export async function fit(
  model: ModelSpec,
  dataset: Dataset,
  fold: Fold,
  config: Partial<TrainingConfig> = {},
): Promise<Run> {
  const [run] = await fitAll(dataset, [{ model, fold, config }]);
  return run;
}

/**
 * Trains the same model on every fold, with one progress display over all of them: one after the other, or in as many
 * Workers as {@link useWorkers} says.
 *
 * @param options `onProgress` where a larger job shows its own progress.
 * @returns One run per fold, in order. Together, the validation parts of k folds cover each development image once.
 * @throws As {@link fitAll}.
 */
export async function crossValidate(
  model: ModelSpec,
  dataset: Dataset,
  folds: readonly Fold[],
  config: Partial<TrainingConfig> = {},
  options: FitOptions = {},
): Promise<Run[]> {
  const label = (i: number) => folds.length > 1 ? `fold ${i + 1} of ${folds.length}` : "";
  return await fitAll(dataset, folds.map((fold, i) => ({ model, fold, config, label: label(i) })), options);
}
