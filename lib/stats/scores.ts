import { checkClass, checkLengths } from "./_checks.ts";

/**
 * Counts of images by true and predicted class.
 *
 * @param labels [n] True classes, 0 to K − 1.
 * @param predictions [n] Predicted classes, 0 to K − 1.
 * @param classes K.
 * @returns [K, K], true classes in rows, predicted ones in columns.
 * @throws {StatsError} Without images, on unequal lengths, or on a class outside 0 to K − 1.
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): number[][] {
  checkLengths("score predictions", { labels: labels.length, predictions: predictions.length });
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let index = 0; index < labels.length; index++) {
    checkClass("score predictions", "labels", index, labels[index], classes);
    checkClass("score predictions", "predictions", index, predictions[index], classes);
    matrix[labels[index]][predictions[index]]++;
  }
  return matrix;
}

/** Share of images classified right. Arguments and errors as of {@link confusionMatrix}. */
export function accuracy(labels: ArrayLike<number>, predictions: ArrayLike<number>, classes: number): number {
  const matrix = confusionMatrix(labels, predictions, classes);
  return matrix.reduce((sum, row, label) => sum + row[label], 0) / labels.length;
}

/**
 * Mean over the classes of the share classified right: what accuracy would be if all classes were equally frequent.
 * Classes without images don't count. Arguments and errors as of {@link confusionMatrix}.
 */
export function balancedAccuracy(labels: ArrayLike<number>, predictions: ArrayLike<number>, classes: number): number {
  const matrix = confusionMatrix(labels, predictions, classes);
  const recalls = matrix.map((row, label) => row[label] / total(row)).filter((recall) => !Number.isNaN(recall));
  return total(recalls) / recalls.length;
}

/**
 * Mean over the classes of F1, the harmonic mean of precision and recall; 0 for a class that is never predicted right.
 * Classes that neither occur nor are predicted don't count. Arguments and errors as of {@link confusionMatrix}.
 */
export function macroF1(labels: ArrayLike<number>, predictions: ArrayLike<number>, classes: number): number {
  const matrix = confusionMatrix(labels, predictions, classes);
  const scores = matrix.map((row, label) => {
    const predicted = total(matrix.map((other) => other[label]));
    return 2 * row[label] / (total(row) + predicted);
  }).filter((score) => !Number.isNaN(score));
  return total(scores) / scores.length;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
