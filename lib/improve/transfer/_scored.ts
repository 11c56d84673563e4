import type { Dataset } from "../../dataset/mod.ts";
import { compare, predictedClasses, type Predictions } from "../../diagnose/mod.ts";
import type { Interval } from "../../stats/mod.ts";

/** Probabilities of images as predictions with a name. */
export function asPredictions(
  name: string,
  images: readonly number[],
  probabilities: Float32Array,
  folds: number,
  dataset: Dataset,
): Predictions {
  const said = predictedClasses(probabilities, dataset.classes.length);
  const correct = images.map((image, i) => dataset.records[image].label === said[i]);
  return { name, images, correct, folds, probabilities };
}

/** Accuracy with its interval: what a comparison with itself says. */
export function accuracyOf(predictions: Predictions, dataset: Dataset, seed: number): Interval {
  return compare(predictions, predictions, dataset, { seed }).a;
}

/** Rows of `predictions` put into the order of `images`. */
export function inOrder(predictions: Predictions, images: readonly number[], classes: number): Float32Array {
  const rowOf = new Map(predictions.images.map((image, row) => [image, row]));
  const out = new Float32Array(images.length * classes);
  images.forEach((image, i) => {
    const row = rowOf.get(image);
    if (row === undefined) {
      throw new RangeError(`Cannot compare ${predictions.name}: it says nothing of image ${image}`);
    }
    out.set(predictions.probabilities.subarray(row * classes, (row + 1) * classes), i * classes);
  });
  return out;
}
