import quantile from "@stdlib/stats-base-dists-beta-quantile";
import { checkCounts, checkLevel } from "./_checks.ts";
import type { Interval } from "./interval.ts";

/**
 * The exact interval of a share, for independent images: it covers the truth at least as often as its level says, at
 * the price of being wider than Wilson's. For claims that must not fail, as "at least 90 %".
 *
 * @param successes From 0 to `n`.
 * @param n At least 1.
 * @throws {StatsError} On counts that are no share, or a level outside (0, 1).
 *
 * Clopper and Pearson (1934), The use of confidence or fiducial limits illustrated in the case of the binomial.
 * Biometrika 26, 404–413.
 */
export function clopperPearson(successes: number, n: number, level = 0.95): Interval {
  checkLevel(level);
  checkCounts(successes, n);
  const tail = (1 - level) / 2;
  return {
    estimate: successes / n,
    low: successes === 0 ? 0 : quantile(tail, successes, n - successes + 1),
    high: successes === n ? 1 : quantile(1 - tail, successes + 1, n - successes),
    level,
    method: "Clopper-Pearson",
    n,
  };
}
