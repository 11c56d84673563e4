import { checkProbabilities } from "./_probabilities.ts";

/** Smallest probability that is told from 0: one image that was ruled out must not make the loss infinite. */
const SMALLEST = Number.EPSILON;

/**
 * Mean of −ln p(true class), in nats: the cross-entropy that training minimises. ln K is what equal probabilities get.
 *
 * @param probabilities [n, K], row by row.
 * @param labels [n] True classes, 0 to K − 1.
 * @param classes K.
 * @throws {StatsError} Without images, on lengths that don't fit, or on rows that are no probabilities.
 */
export function logLoss(probabilities: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  checkProbabilities("make a log loss", probabilities, labels, classes);
  let sum = 0;
  for (let image = 0; image < labels.length; image++) {
    const p = probabilities[image * classes + labels[image]];
    sum -= Math.log(Math.min(1, Math.max(SMALLEST, p)));
  }
  return sum / labels.length;
}
