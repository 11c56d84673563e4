import { StatsError } from "./errors.ts";

/**
 * By how much the variance of a mean over k folds exceeds that of as many independent images: 1 + k / (k − 1), from 3
 * for two folds down to 2. Training sets share images, so the folds' luck is shared too. It is the (1/k + test/train)
 * of Nadeau and Bengio (2003) as a multiple of 1/k, with test/train = 1 / (k − 1).
 *
 * To plan a comparison over folds, multiply the design effect of `minimumDetectableDifference` by it.
 *
 * @param folds k, at least 2.
 * @throws {StatsError} On fewer than 2 folds.
 */
export function foldCorrection(folds: number): number {
  if (!(Number.isInteger(folds) && folds >= 2)) {
    throw new StatsError(`Cannot correct for folds: at least 2 folds are needed, there are ${folds}`);
  }
  return 1 + folds / (folds - 1);
}
