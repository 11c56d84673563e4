import { checkProbabilities } from "./_probabilities.ts";

/**
 * Mean squared distance of the probabilities from the truth, summed over classes: 0 is perfect, 2 the worst, 1 − 1/K
 * what equal probabilities get.
 *
 * @param probabilities [n, K], row by row.
 * @param labels [n] True classes, 0 to K − 1.
 * @param classes K.
 * @throws {StatsError} Without images, on lengths that don't fit, or on rows that are no probabilities.
 *
 * Brier (1950), Verification of forecasts expressed in terms of probability. Monthly Weather Review 78, 1–3.
 */
export function brier(probabilities: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  checkProbabilities("make a Brier score", probabilities, labels, classes);
  let sum = 0;
  for (let index = 0; index < probabilities.length; index++) {
    const truth = index % classes === labels[Math.floor(index / classes)] ? 1 : 0;
    sum += (probabilities[index] - truth) ** 2;
  }
  return sum / labels.length;
}
