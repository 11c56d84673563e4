import type { Interval } from "../../stats/mod.ts";
import { accuracyOf } from "../_measured.ts";
import type { ReadableImages } from "../images.ts";
import { type Scored, scored, type ScoredRun } from "../scored.ts";
import { chanceAdjusted } from "./chance_adjusted.ts";

/** What of a run is needed: which images it classified right, and how many it trained on. */
export interface OwnRun extends ScoredRun {
  readonly fold: ScoredRun["fold"] & { readonly train: readonly number[] };
}

/** A person's own result: runs of one model, one per fold; predictions from elsewhere; or a baseline. */
export type OwnResult = OwnRun | readonly OwnRun[] | (Scored & { readonly label?: string; readonly sees?: boolean });

/** A person's own accuracy, as it stands among published ones. */
export interface OwnPoint {
  readonly label: string;
  /** A baseline is no network. */
  readonly kind: "model" | "baseline";
  readonly accuracy: Interval;
  /** The same adjusted for chance. */
  readonly adjusted: Interval;
  /** Mean number of images it trained on, per class. */
  readonly imagesPerClass: number;
}

/** Images as this diagnosis needs them; `Dataset` of `lib/dataset` is one. */
export type ComparedImages = Omit<ReadableImages, "pixels">;

/**
 * Accuracy with its interval, and the number of training images per class behind it.
 *
 * @throws DiagnosisError as `scored()`.
 */
export function ownPoint(result: OwnResult, dataset: ComparedImages, seed: number): OwnPoint {
  const measured = scored(result);
  const accuracy = accuracyOf(measured.correct, { images: measured.images, folds: measured.folds, dataset, seed });
  const classes = dataset.classes.length;
  const adjusted = {
    ...accuracy,
    estimate: chanceAdjusted(accuracy.estimate, classes),
    low: chanceAdjusted(accuracy.low, classes),
    high: chanceAdjusted(accuracy.high, classes),
  };
  const isBaseline = "sees" in result;
  return {
    label: "label" in result && result.label ? result.label : measured.name,
    kind: isBaseline ? "baseline" : "model",
    accuracy,
    adjusted,
    imagesPerClass: trainedOn(result, measured, dataset) / classes,
  };
}

/** Images that a model was trained on, on average over the folds; where it isn't said, as many as k folds leave. */
function trainedOn(result: OwnResult, { images, folds }: Scored, { development }: ComparedImages): number {
  if ("images" in result) {
    return folds > 1 ? development.length * (folds - 1) / folds : development.length - images.length;
  }
  const runs = [result].flat() as OwnRun[];
  return runs.reduce((sum, { fold }) => sum + fold.train.length, 0) / runs.length;
}
