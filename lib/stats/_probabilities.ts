import { checkClass } from "./_checks.ts";
import { StatsError } from "./errors.ts";

/**
 * Whether `probabilities` [n, K] (row by row) belong to `labels` [n]: every entry from 0 to 1, every row summing to 1
 * within a thousandth (float32 softmax, rounded files).
 */
export function checkProbabilities(
  action: string,
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): void {
  const n = labels.length;
  if (n === 0) throw new StatsError(`Cannot ${action}: at least 1 image is needed, there are 0`);
  if (probabilities.length !== n * classes) {
    throw new StatsError(
      `Cannot ${action}: ${n} images of ${classes} classes need ${
        n * classes
      } probabilities, there are ${probabilities.length}`,
    );
  }
  for (let image = 0; image < n; image++) {
    checkClass(action, "labels", image, labels[image], classes);
    let sum = 0;
    for (let label = 0; label < classes; label++) {
      const p = probabilities[image * classes + label];
      if (!(p >= 0 && p <= 1.001)) {
        throw new StatsError(
          `Cannot ${action}: probabilities lie in [0, 1], that of image ${image}, class ${label} is ${p}`,
        );
      }
      sum += p;
    }
    if (Math.abs(sum - 1) > 1e-3) {
      throw new StatsError(
        `Cannot ${action}: the probabilities of an image sum to 1, those of image ${image} to ${sum}`,
      );
    }
  }
}

/** Largest probability of an image and the (first) class that has it. */
export function top(probabilities: ArrayLike<number>, image: number, classes: number): { label: number; p: number } {
  let label = 0;
  for (let other = 1; other < classes; other++) {
    if (probabilities[image * classes + other] > probabilities[image * classes + label]) label = other;
  }
  return { label, p: probabilities[image * classes + label] };
}
