import type { Dataset, Fold } from "../dataset/mod.ts";
import { progress } from "../display/mod.ts";
import * as engine from "../engine/mod.ts";
import type { ModelSpec } from "../model/mod.ts";
import { accuracyInterval } from "../stats/mod.ts";
import type { Examples } from "./_batches.ts";
import { findDeadUnits, hits, predict, share } from "./_evaluate.ts";
import { experimentId } from "./_experiment.ts";
import { limited } from "./_limit.ts";
import { type OnProgress, trainLoop } from "./_loop.ts";
import { type Parts, partsOf } from "./_parts.ts";
import { concatenated, takeWeights } from "./_weights.ts";
import { configFor } from "./config.ts";
import { Run } from "./run.ts";
import { ExperimentStore, type StoredRun } from "./store.ts";
import type { DeadUnits, EpochMetrics, TrainingConfig } from "./types.ts";

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
  const [run] = await fitAll(model, dataset, [{ fold, config, label: "" }]);
  return run;
}

/** How a cross-validation tells where it is. */
export interface FitOptions {
  /** Called instead of showing progress: epochs done over all folds, and where that is, in words. */
  readonly onProgress?: (epochs: number, text: string) => void;
}

/**
 * Trains the same model on every fold, one after the other, with one progress display over all of them.
 *
 * @param options `onProgress` where a larger job shows its own progress.
 * @returns One run per fold, in order. Together, the validation parts of k folds cover each development image once.
 * @throws As {@link fit}.
 */
export async function crossValidate(
  model: ModelSpec,
  dataset: Dataset,
  folds: readonly Fold[],
  config: Partial<TrainingConfig> = {},
  options: FitOptions = {},
): Promise<Run[]> {
  return await fitAll(
    model,
    dataset,
    folds.map((fold, i) => ({ fold, config, label: folds.length > 1 ? `fold ${i + 1} of ${folds.length}` : "" })),
    options,
  );
}

/** One training of the same model. */
export interface Job {
  readonly fold: Fold;
  readonly config: Partial<TrainingConfig>;
  /** What tells it from the others, for the progress display: "fold 2 of 5". Empty for a single one. */
  readonly label: string;
}

/** Trains `model` for every job, one after the other, with one progress display over all of them. */
export async function fitAll(
  model: ModelSpec,
  dataset: Dataset,
  list: readonly Job[],
  { onProgress }: FitOptions = {},
): Promise<Run[]> {
  const jobs = list.map((job) => ({ ...job, config: configFor(model, job.config) }));
  const store = await ExperimentStore.open();
  const total = jobs.reduce((sum, { config }) => sum + config.epochs, 0);
  const bar = onProgress ? null : progress({ label: `Training ${model.name}`, total });
  const tell = onProgress ?? ((epochs: number, text: string) => bar?.update(epochs, text));
  let before = 0;
  try {
    const runs: Run[] = [];
    for (const { fold: whole, config, label } of jobs) {
      const parts = partsOf(dataset, whole, config);
      const id = experimentId(dataset, parts, model, config, engine.current().label);
      const stored = await store.load(id) ?? await train(store, id, model, dataset, parts, config, (epochs, last) => {
        const epoch = Math.min(Math.floor(epochs) + 1, config.epochs);
        const where = label === "" ? "" : `${label}, `;
        tell(before + epochs, `${where}epoch ${epoch} of ${config.epochs}${inWords(last)}`);
      });
      runs.push(toRun(stored, dataset, parts, config));
      before += config.epochs;
    }
    return runs;
  } finally {
    await bar?.finish();
    store.close();
  }
}

/** What of a run goes into the store as JSON. */
interface Detail {
  readonly history: readonly EpochMetrics[];
  readonly keptEpoch: number;
  readonly parameters: number;
  readonly trainingAccuracy: number;
  readonly deadUnits: readonly DeadUnits[];
}

type FreshRun = StoredRun & { readonly fresh?: boolean };

async function train(
  store: ExperimentStore,
  id: string,
  spec: ModelSpec,
  dataset: Dataset,
  { fold, inner }: Parts,
  config: TrainingConfig,
  onProgress: OnProgress,
): Promise<FreshRun> {
  const start = performance.now();
  const size = spec.inputSize ?? dataset.size;
  const examples = async (indices: readonly number[]): Promise<Examples> => ({
    pixels: await dataset.pixels(indices, { size }),
    labels: dataset.labels(indices),
    size,
    classes: dataset.classes.length,
  });
  const held = new Set(inner);
  const training = await examples(fold.train.filter((i) => !held.has(i)));
  const validation = await examples(fold.validation);
  const watched = limited(dataset, fold.validation, config, fold);
  const part = watched.length < fold.validation.length ? await examples(watched) : validation;
  const model = spec.build({ size, classes: dataset.classes.length, seed: config.seed });
  try {
    const parts = { training, validation: part, inner: inner.length === 0 ? null : await examples(inner) };
    const { history, keptEpoch } = await trainLoop(model, parts, config, onProgress);
    const probabilities = await predict(model, validation, config.inputRange);
    const detail: Detail = {
      history,
      keptEpoch,
      parameters: model.trainableWeights.reduce((sum, weight) => sum + weight.shape.reduce((a, b) => a! * b!, 1)!, 0),
      trainingAccuracy: share(
        hits(await predict(model, training, config.inputRange), training.labels, training.classes),
      ),
      deadUnits: await findDeadUnits(model, training, config.inputRange),
    };
    const run: StoredRun = {
      id,
      model: spec.name,
      accuracy: share(hits(probabilities, validation.labels, validation.classes)),
      engine: engine.current().label,
      seconds: (performance.now() - start) / 1000,
      detail: JSON.stringify(detail),
      probabilities,
      weights: concatenated(await takeWeights(model)),
    };
    await store.save(run);
    return { ...run, fresh: true };
  } finally {
    model.dispose();
    model.optimizer?.dispose();
  }
}

function toRun(stored: FreshRun, dataset: Dataset, { fold, inner }: Parts, config: TrainingConfig): Run {
  const detail = JSON.parse(stored.detail, reviveNumbers) as Detail;
  const correct = hits(stored.probabilities, dataset.labels(fold.validation), dataset.classes.length);
  return new Run({
    id: stored.id,
    model: stored.model,
    config,
    fold,
    inner,
    ...detail,
    probabilities: stored.probabilities,
    correct,
    validationAccuracy: accuracyInterval({
      correct,
      groups: dataset.grouped ? fold.validation.map((i) => dataset.records[i].group) : undefined,
    }),
    engine: stored.engine,
    seconds: stored.seconds,
    cached: !stored.fresh,
  });
}

/** JSON has no NaN: it writes null, and in a history null can mean nothing else. */
function reviveNumbers(_key: string, value: unknown): unknown {
  return value === null ? NaN : value;
}

function inWords(last: EpochMetrics | null): string {
  if (last === null) return "";
  const percent = (value: number) => `${Math.round(value * 100)} %`;
  return `: training ${percent(last.accuracy)}, validation ${percent(last.validationAccuracy)}`;
}
