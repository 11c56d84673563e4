/**
 * How far an accuracy is on the way from guessing (0) to always right (1): (a − 1/K) / (1 − 1/K). It makes accuracies
 * over different numbers of classes comparable, as far as chance goes. With even classes it is Cohen's kappa of guesses
 * spread evenly; below chance it is negative.
 *
 * @param accuracy A share from 0 to 1.
 * @param classes K, at least 2.
 * @throws RangeError for fewer than two classes: then there is nothing to guess.
 */
export function chanceAdjusted(accuracy: number, classes: number): number {
  if (!(classes >= 2)) throw new RangeError(`Cannot adjust for chance: classes must be at least 2, got ${classes}`);
  return (accuracy - 1 / classes) / (1 - 1 / classes);
}
