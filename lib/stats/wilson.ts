import quantile from "@stdlib/stats-base-dists-normal-quantile";
import { checkCounts, checkLevel } from "./_checks.ts";
import type { Interval } from "./interval.ts";

/**
 * Wilson's score interval of a share, for independent images. Where images come in groups it is too narrow: see
 * `accuracyInterval`.
 *
 * @param successes From 0 to `n`; need not be whole, for shares of groups.
 * @param n At least 1.
 * @throws {StatsError} On counts that are no share, or a level outside (0, 1).
 *
 * Wilson (1927), Probable inference, the law of succession, and statistical inference. JASA 22, 209–212.
 */
export function wilson(successes: number, n: number, level = 0.95): Interval {
  checkLevel(level);
  checkCounts(successes, n);
  const z = quantile((1 + level) / 2, 0, 1);
  const share = successes / n;
  const scale = 1 + z * z / n;
  const middle = (share + z * z / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return {
    estimate: share,
    // Exact at the ends, where rounding could leave the estimate outside of its own interval.
    low: successes === 0 ? 0 : Math.max(0, middle - half),
    high: successes === n ? 1 : Math.min(1, middle + half),
    level,
    method: "Wilson",
    n,
  };
}
