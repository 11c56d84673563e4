import { DiagnosisError } from "./errors.ts";
import type { LabelledImages } from "./images.ts";
import { type Scored, scored, type ScoredRun } from "./scored.ts";

/**
 * What one model says of images that it was not trained on: out-of-fold predictions of runs, or a file from elsewhere.
 * Confusion, calibration, label errors and comparisons with people all start here.
 */
export interface Predictions extends Scored {
  /** [n, K], row by row, in the order of `images`. */
  readonly probabilities: Float32Array;
  /** [n] Which of the `folds` models said it, 0 to `folds` − 1; missing where that isn't known. */
  readonly foldOf?: readonly number[];
}

/** What of a trained run predictions are taken from; `Run` of `lib/train` is one. */
export interface PredictingRun extends ScoredRun {
  /** [n, K], row by row, in the order of `fold.validation`. */
  readonly probabilities: Float32Array;
}

/**
 * The predictions of runs of one model, one per fold, as one list; what are predictions already stays as it is.
 *
 * @throws DiagnosisError without runs, with runs of different models, when an image is measured twice, or when there is
 *   not one probability per image and class.
 */
export function predictionsOf(
  runs: PredictingRun | readonly PredictingRun[] | Predictions,
  dataset: Pick<LabelledImages, "classes">,
): Predictions {
  const measured = scored(runs);
  const list = "images" in runs ? [runs] : [runs].flat() as PredictingRun[];
  const length = list.reduce((sum, { probabilities }) => sum + probabilities.length, 0);
  const wanted = measured.images.length * dataset.classes.length;
  if (length !== wanted) {
    throw new DiagnosisError(
      `Cannot take the predictions of ${measured.name}: ${measured.images.length} images of ${dataset.classes.length} ` +
        `classes need ${wanted} probabilities, there are ${length}`,
    );
  }
  if ("images" in runs) return runs;
  const probabilities = new Float32Array(length);
  let at = 0;
  for (const one of list) {
    probabilities.set(one.probabilities, at);
    at += one.probabilities.length;
  }
  const foldOf = list.flatMap(({ correct }, fold) => correct.map(() => fold));
  return { ...measured, probabilities, foldOf };
}

/** The likeliest class of each row; the first of equals. A row of NaN has none: -1. */
export function predictedClasses(probabilities: Float32Array, classes: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / classes }, (_, i) => {
    let best = -1;
    for (let k = 0; k < classes; k++) {
      const value = probabilities[i * classes + k];
      if (best < 0 ? !Number.isNaN(value) : value > probabilities[i * classes + best]) best = k;
    }
    return best;
  });
}
