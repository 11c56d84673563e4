import type { Interval } from "../stats/mod.ts";
import type { Run } from "../train/mod.ts";
import { DiagnosisError } from "./errors.ts";
import type { LabelledImages } from "./images.ts";
import { accuracyOf } from "./_measured.ts";

/** What the verdict on learning curves looks at; {@link Run} is one. */
export type TrainedRun =
  & Pick<
    Run,
    "model" | "fold" | "history" | "correct" | "trainingAccuracy" | "keptEpoch" | "deadUnits"
  >
  & {
    readonly config: Pick<Run["config"], "augmentation">;
    /** What of `fold.train` early stopping went by and training left out; none unless given. */
    readonly inner?: Run["inner"];
    /** Models behind `correct`: 1 unless given; several where predictions of k folds stand beside one history. */
    readonly folds?: number;
    /** Whether it was trained elsewhere: what it was trained on is then not known, at most the rest of the images. */
    readonly imported?: boolean;
  };

/** The learning curves of one model on one or several folds, as one. Losses are in nats, accuracies shares. */
export interface Curve {
  readonly model: string;
  readonly by: "group" | "image";
  /** Runs it is the mean of. */
  readonly runs: number;
  /** Epochs that at least half of the runs reached; the arrays below have that length, index 0 for epoch 1. */
  readonly epochs: number;
  readonly loss: readonly number[];
  readonly validationLoss: readonly number[];
  /** Runs whose loss stopped being a number, and the first epoch in which one did. */
  readonly broken: { readonly runs: number; readonly epoch: number } | null;
  readonly classes: number;
  /** The accuracy that needs no picture: always saying the most frequent class, 1 / K where classes are even. */
  readonly chance: number;
  readonly training: { readonly accuracy: number; readonly images: number };
  /**
   * Accuracy on the images that no training saw. What was trained elsewhere may come without predictions: then nobody
   * knows how many images those were, `n` is 0, and there are no bounds (NaN).
   */
  readonly unseen: Interval;
  /** Training accuracy minus that on unseen images, in points. */
  readonly gap: Interval;
  readonly augmented: boolean;
  /** Whether it was trained elsewhere. */
  readonly imported: boolean;
  readonly deadUnits: TrainedRun["deadUnits"];
}

/**
 * Takes the runs of one model together: the mean of their curves, epoch by epoch, and one accuracy over all their
 * validation images.
 *
 * @throws DiagnosisError without runs, with runs of different models, or when an image is measured in two of them.
 */
export function curveOf(runs: readonly TrainedRun[], dataset: LabelledImages, seed: number): Curve {
  if (runs.length === 0) {
    throw new DiagnosisError("Cannot judge learning curves: there must be at least one run, got none");
  }
  const models = new Set(runs.map((run) => run.model));
  if (models.size > 1) {
    throw new DiagnosisError(
      `Cannot judge learning curves: runs must be of one model, got ${[...models].join(", ")}; judge them one by one`,
    );
  }
  const images = runs.flatMap((run) => run.fold.validation);
  if (new Set(images).size < images.length) {
    throw new DiagnosisError(
      "Cannot judge learning curves: each image must be measured by one run at most; leave one out",
    );
  }
  const longest = runs.map((run) => run.history.length).toSorted((a, b) => b - a);
  const epochs = longest[Math.ceil(runs.length / 2) - 1];
  const means = (pick: (row: TrainedRun["history"][number]) => number) =>
    Array.from(
      { length: epochs },
      (_, e) => mean(runs.filter((run) => e < run.history.length).map((run) => pick(run.history[e]))),
    );

  const correct = runs.flatMap((run) => run.correct);
  const folds = runs.reduce((sum, run) => sum + (run.folds ?? 1), 0);
  const unseen = images.length === 0
    ? unmeasured(mean(runs.map((run) => run.history[run.history.length - 1].validationAccuracy)))
    : accuracyOf(correct, { images, folds, dataset, seed });
  const trainedOn = (run: TrainedRun) => run.fold.train.length - (run.inner?.length ?? 0);
  const trained = mean(runs.map(trainedOn));
  const accuracy = runs.reduce((sum, run) => sum + run.trainingAccuracy * trainedOn(run), 0) /
    (trained * runs.length);
  return {
    model: runs[0].model,
    by: runs[0].fold.by,
    runs: runs.length,
    epochs,
    loss: means((row) => row.loss),
    validationLoss: means((row) => row.validationLoss),
    broken: brokenRuns(runs),
    classes: dataset.classes.length,
    chance: mostFrequentShare(runs, dataset),
    training: { accuracy, images: Math.round(trained) },
    unseen,
    // What is uncertain is how other unseen images would fare; the training images are all there are.
    gap: {
      ...unseen,
      estimate: accuracy - unseen.estimate,
      low: accuracy - unseen.high,
      high: accuracy - unseen.low,
    },
    augmented: runs.some((run) => run.config.augmentation !== null),
    imported: runs.some((run) => run.imported),
    deadUnits: runs[0].deadUnits,
  };
}

/** An accuracy of which nobody knows on how many images it was measured: it has no bounds. */
function unmeasured(estimate: number): Interval {
  return { estimate, low: NaN, high: NaN, level: 0.95, n: 0, method: "as the history has it" };
}

/** A centred mean of three epochs, of two at the ends: one odd epoch must not decide a verdict. */
export function smoothed(values: readonly number[]): number[] {
  return values.map((_, i) => mean(values.slice(Math.max(0, i - 1), i + 2)));
}

/** Index of the smallest value. */
export function lowest(values: readonly number[]): number {
  return values.reduce((best, value, i) => value < values[best] ? i : best, 0);
}

/**
 * Index of the lowest point as a person sees it in the chart: the smallest value itself, but next to where the smoothed
 * values are lowest, so that one odd epoch far away does not count.
 */
export function valleyOf(values: readonly number[]): number {
  const about = lowest(smoothed(values));
  const from = Math.max(0, about - 1);
  return from + lowest(values.slice(from, about + 2));
}

/**
 * By how much the straight line through `values` falls from its first point to its last, as a share of the first.
 * Negative where it rises.
 */
export function fall(values: readonly number[]): number {
  const n = values.length;
  const center = (n - 1) / 2;
  const level = mean(values);
  const slope = values.reduce((sum, value, i) => sum + (i - center) * (value - level), 0) /
    values.reduce((sum, _, i) => sum + (i - center) ** 2, 0);
  const start = level - slope * center, end = level + slope * center;
  return start > 0 ? (start - end) / start : 0;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function brokenRuns(runs: readonly TrainedRun[]): Curve["broken"] {
  const epochs = runs
    .map((run) => run.history.find((row) => !Number.isFinite(row.loss) || !Number.isFinite(row.validationLoss))?.epoch)
    .filter((epoch) => epoch !== undefined);
  return epochs.length === 0 ? null : { runs: epochs.length, epoch: Math.min(...epochs) };
}

function mostFrequentShare(runs: readonly TrainedRun[], { classes, records }: LabelledImages): number {
  const counts = new Array<number>(classes.length).fill(0);
  let all = 0;
  for (const run of runs) for (const i of run.fold.train) counts[records[i].label]++, all++;
  return all === 0 ? 1 / classes.length : Math.max(...counts) / all;
}
