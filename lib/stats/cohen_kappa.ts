import { sum } from "./_moments.ts";
import { confusionMatrix } from "./scores.ts";

/**
 * Agreement of two raters beyond chance: (observed − expected) / (1 − expected). 1 is full agreement, 0 is as much as
 * chance would give, less is less. NaN where both use one and the same class throughout: chance then explains all.
 *
 * For its interval use `bootstrapInterval`.
 *
 * @param a [n] Classes that the first rater gave, 0 to K − 1.
 * @param b [n] Those that the second gave to the same images.
 * @param classes K.
 * @throws {StatsError} Without images, on unequal lengths, or on a class outside 0 to K − 1.
 *
 * Cohen (1960), A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20, 37–46.
 */
export function cohenKappa(a: ArrayLike<number>, b: ArrayLike<number>, classes: number): number {
  const matrix = confusionMatrix(a, b, classes);
  const n = a.length;
  const observed = sum(matrix.map((row, label) => row[label])) / n;
  const expected = sum(matrix.map((row, label) => sum(row) * sum(matrix.map((other) => other[label])))) / (n * n);
  return (observed - expected) / (1 - expected);
}
