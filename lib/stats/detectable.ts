import quantile from "@stdlib/stats-base-dists-normal-quantile";
import { checkLevel } from "./_checks.ts";
import { StatsError } from "./errors.ts";

/** How sure to be. */
export interface DetectableOptions {
  /** Confidence level of the two-sided test, 0.95 unless given. */
  readonly level?: number;
  /** Probability of telling a difference of that size, 0.8 unless given. */
  readonly power?: number;
  /**
   * By how much images in groups count for less than independent ones: the variance of the accuracy over groups divided
   * by that of as many independent images. 1 unless given.
   */
  readonly designEffect?: number;
}

/**
 * The smallest difference in accuracy (a share) between two models that McNemar's test on the same `n` images will tell
 * with the given power.
 *
 * @param n Images both models classify.
 * @param discordantShare Share of the images that exactly one of the two classifies right, in (0, 1].
 * @returns Null where not even the largest difference possible, `discordantShare` itself, can be told.
 * @throws {StatsError} On values outside of their ranges.
 *
 * The sample size formula of Connor (1987), Biometrics 43, 207–211, solved for the difference d:
 * n = (z_(1−α/2) √ψ + z_power √(ψ − d²))² / d², with ψ the discordant share.
 */
export function minimumDetectableDifference(
  n: number,
  discordantShare: number,
  { level = 0.95, power = 0.8, designEffect = 1 }: DetectableOptions = {},
): number | null {
  checkLevel(level);
  if (!(n >= 1)) throw new StatsError(`Cannot plan a comparison: at least 1 image is needed, there are ${n}`);
  if (!(discordantShare > 0 && discordantShare <= 1)) {
    throw new StatsError(`Cannot plan a comparison: the discordant share must lie in (0, 1], it is ${discordantShare}`);
  }
  if (!(power > 0 && power < 1)) {
    throw new StatsError(`Cannot plan a comparison: the power must lie between 0 and 1, it is ${power}`);
  }
  if (!(designEffect > 0)) {
    throw new StatsError(`Cannot plan a comparison: the design effect must be positive, it is ${designEffect}`);
  }
  const zLevel = quantile((1 + level) / 2, 0, 1);
  const zPower = quantile(power, 0, 1);
  const needed = (difference: number) => {
    const spread = zLevel * Math.sqrt(discordantShare) +
      zPower * Math.sqrt(Math.max(0, discordantShare - difference * difference));
    return (spread / difference) ** 2;
  };
  const effective = n / designEffect;
  if (needed(discordantShare) > effective) return null;
  // The number needed falls as the difference grows: halve the interval that holds the answer.
  let [low, high] = [0, discordantShare];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (needed(middle) > effective) low = middle;
    else high = middle;
  }
  return high;
}
