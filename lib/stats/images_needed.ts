import { checkLevel } from "./_checks.ts";
import { StatsError } from "./errors.ts";
import { wilson } from "./wilson.ts";

/** What is known beforehand. */
export interface PrecisionOptions {
  /** The share that is expected; 0.5 unless given, which needs the most. */
  readonly share?: number;
  /** Confidence level, 0.95 unless given. */
  readonly level?: number;
  /** By how much images in groups count for less than independent ones (see `DetectableOptions`); 1 unless given. */
  readonly designEffect?: number;
}

/**
 * The smallest number of images whose Wilson interval around the expected share is at most `halfWidth` wide to either
 * side (half of its full width; Wilson's is not centred).
 *
 * @param halfWidth In (0, 0.5), a share: 0.05 for ± 5 percentage points.
 * @throws {StatsError} On values outside of their ranges.
 *
 * Newcombe (1998), Two-sided confidence intervals for the single proportion. Statistics in Medicine 17, 857–872.
 */
export function imagesNeeded(
  halfWidth: number,
  { share = 0.5, level = 0.95, designEffect = 1 }: PrecisionOptions = {},
): number {
  checkLevel(level);
  const refuse = (rule: string, value: number) => new StatsError(`Cannot plan a precision: ${rule}, it is ${value}`);
  if (!(halfWidth > 0 && halfWidth < 0.5)) throw refuse("the half width must lie between 0 and 0.5", halfWidth);
  if (!(share >= 0 && share <= 1)) throw refuse("the share must lie in [0, 1]", share);
  if (!(designEffect > 0)) throw refuse("the design effect must be positive", designEffect);
  const enough = (n: number) => {
    const { low, high } = wilson(share * n, n, level);
    return (high - low) / 2 <= halfWidth;
  };
  // The width falls as the number grows: double until it is enough, then halve the interval that holds the answer.
  let high = 1;
  while (!enough(high)) high *= 2;
  let low = Math.max(1, high / 2);
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return Math.ceil(high * designEffect * (1 - 1e-12));
}
