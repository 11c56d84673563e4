import type { Dataset, Fold } from "../dataset/mod.ts";
import { progress } from "../display/mod.ts";
import { addFallbacks } from "../engine/mod.ts";
import { type ModelSpec, portable } from "../model/mod.ts";
import { accuracyInterval } from "../stats/mod.ts";
import { hits } from "./_evaluate.ts";
import { imageTable } from "./_image_table.ts";
import { limited } from "./_limit.ts";
import type { Parts } from "./_parts.ts";
import { type Planned, planned } from "./_planned.ts";
import type { Detail, ImageTable, Job, Outcome } from "./experiments/job.ts";
import type { Task } from "./experiments/runner.ts";
import { schedule, type Standing } from "./experiments/schedule.ts";
import { currentRunner } from "./experiments/use_workers.ts";
import { Run } from "./run.ts";
import { ExperimentStore, type StoredRun } from "./store.ts";
import type { EpochMetrics, TrainingConfig } from "./types.ts";

/** One experiment to train. */
export interface Experiment {
  readonly model: ModelSpec;
  /** Trains on `fold.train`, measures on `fold.validation`. */
  readonly fold: Fold;
  /** As for `fit`. */
  readonly config?: Partial<TrainingConfig>;
  /** What tells it from the others, for progress and errors: "fold 2 of 5". By default its place in the list. */
  readonly label?: string;
}

/** How a list of experiments tells where it is. */
export interface FitOptions {
  /** Called instead of showing progress: epochs done over all experiments, and where that is, in words. */
  readonly onProgress?: (epochs: number, text: string) => void;
}

/**
 * Trains any experiments on one data set, or takes their runs from the store; one after the other, or in as many Workers
 * as {@link useWorkers} says. Each run is kept as soon as it is finished, so that what was interrupted goes on from
 * there.
 *
 * @param options `onProgress` where a larger job shows its own progress.
 * @returns One run for each, in order.
 * @throws RangeError for a configuration that cannot train, before anything is trained.
 * @throws Interrupted when the person stopped it; finished runs are kept.
 * @throws FileError when a run cannot be stored.
 * @throws ExperimentsFailed where some of several could not be trained, once all others were: each is named with its
 *   error. A single experiment throws that error itself.
 */
export async function fitAll(
  dataset: Dataset,
  list: readonly Experiment[],
  { onProgress }: FitOptions = {},
): Promise<Run[]> {
  const all = list.map((experiment, i) => ({
    ...experiment,
    label: experiment.label ?? (list.length > 1 ? `training ${i + 1} of ${list.length}` : ""),
    ...planned(experiment.model, dataset, experiment.fold, experiment.config ?? {}),
  }));
  const store = await ExperimentStore.open();
  const total = all.reduce((sum, { config }) => sum + config.epochs, 0);
  const bar = onProgress ? null : progress({ label: labelOf(list), total });
  const tell = onProgress ?? ((epochs: number, text: string) => bar?.update(epochs, text));
  try {
    const runs = new Map<string, FreshRun>();
    const missing = new Map<string, typeof all[number]>();
    for (const one of all) {
      if (runs.has(one.id) || missing.has(one.id)) continue;
      const stored = await store.load(one.id);
      if (stored) runs.set(one.id, stored);
      else missing.set(one.id, one);
    }
    const epochs = new Map([...runs.keys()].map((id) => [id, Infinity]));
    const done = () => all.reduce((sum, { id, config }) => sum + Math.min(epochs.get(id) ?? 0, config.epochs), 0);
    const wanted = [...missing.values()];
    const tasks = await tasksOf(dataset, wanted);
    await using runner = currentRunner();
    await schedule(tasks, runner, {
      labelOf: (i) => wanted[i].label,
      onProgress(i, now, last, standing) {
        const { id, config, label } = wanted[i];
        epochs.set(id, now);
        tell(done(), inWords(label, now, config, last, standing, wanted.length, runner.whereabouts?.()));
      },
      async keep(i, outcome) {
        addFallbacks(outcome.fallbacks ?? []);
        const run = toStored(tasks[i], outcome);
        await store.save(run);
        runs.set(run.id, { ...run, fresh: true });
        epochs.set(run.id, Infinity);
      },
    });
    return all.map(({ id, ...one }) => toRun(runs.get(id)!, dataset, one.parts, one.config));
  } finally {
    await bar?.finish();
    store.close();
  }
}

/** Experiments as data, with one table of images for each size. */
async function tasksOf(
  dataset: Dataset,
  list: readonly (Planned & Pick<Experiment, "model">)[],
): Promise<Task[]> {
  const sizeOf = ({ inputSize }: ModelSpec) => inputSize ?? dataset.size;
  const tables = new Map<number, ImageTable>();
  for (const [size, members] of Map.groupBy(list, ({ model }) => sizeOf(model))) {
    const used = new Set(members.flatMap(({ parts: { fold } }) => [...fold.train, ...fold.validation]));
    tables.set(size, await imageTable(dataset, [...used].sort((a, b) => a - b), size));
  }
  return list.map(({ id, model, config, parts: { fold, inner }, engine }) => {
    const size = sizeOf(model), classes = dataset.classes.length;
    const held = new Set(inner);
    const job: Job = {
      id,
      model: portable(model, { size, classes, seed: config.seed }),
      config,
      images: { fingerprint: dataset.fingerprint, size, classes },
      parts: {
        training: fold.train.filter((i) => !held.has(i)),
        validation: fold.validation,
        watched: limited(dataset, fold.validation, config, fold),
        inner,
      },
      engine,
    };
    return { job, spec: model, images: tables.get(size)! };
  });
}

type FreshRun = StoredRun & { readonly fresh?: boolean };

function toStored({ job, spec }: Task, outcome: Outcome): StoredRun {
  const { detail, probabilities, weights, accuracy, seconds, engine = job.engine.label } = outcome;
  return {
    id: job.id,
    model: spec.name,
    accuracy,
    engine,
    seconds,
    detail: JSON.stringify(detail),
    probabilities,
    weights,
  };
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

function labelOf(list: readonly Experiment[]): string {
  const names = [...new Set(list.map(({ model }) => model.name))];
  return `Training ${names.length === 1 ? names[0] : `${names.length} models`}`;
}

/** "2 of 5 done, 2 running, fold 3 of 5, epoch 4 of 20: training 31 %, validation 25 %". */
function inWords(
  label: string,
  epochs: number,
  config: TrainingConfig,
  last: EpochMetrics | null,
  { done, running, failed }: Standing,
  of: number,
  whereabouts?: string,
): string {
  const percent = (value: number) => `${Math.round(value * 100)} %`;
  const epoch = Math.min(Math.floor(epochs) + 1, config.epochs);
  return [
    ...(running > 1 || failed > 0 || whereabouts
      ? [`${done} of ${of} done, ${whereabouts ?? `${running} running`}`]
      : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(label === "" ? [] : [label]),
    `epoch ${epoch} of ${config.epochs}` +
    (last === null ? "" : `: training ${percent(last.accuracy)}, validation ${percent(last.validationAccuracy)}`),
  ].join(", ");
}
