import { checkLengths, checkLevel } from "./_checks.ts";
import { bootstrapBounds, type GroupKey, groupTotals } from "./_groups.ts";
import type { Interval } from "./interval.ts";
import { Random } from "./random.ts";
import { wilson } from "./wilson.ts";

/** What an accuracy rests on. */
export interface AccuracyOptions {
  /** [n] Whether each image was classified right. */
  readonly correct: readonly boolean[];
  /** [n] The group of each image, where images come in groups. */
  readonly groups?: readonly GroupKey[];
  /** Confidence level, 0.95 unless given. */
  readonly level?: number;
  /** Of the bootstrap, 1 unless given. */
  readonly seed?: number | string;
  /** Bootstrap samples, 2,000 unless given. */
  readonly resamples?: number;
}

/** Below this number of groups the bootstrap's intervals are far too narrow. */
const FEWEST_GROUPS = 10;

/**
 * The share of images classified right, with its interval:
 *
 * - Wilson's where images are independent (no groups, or each image its own);
 * - a percentile bootstrap over whole groups where they are not;
 * - Wilson's over the number of groups, as if each group were one image, where the bootstrap would mislead: with fewer
 *   than 10 groups, and where all groups have the same share (all images right, all wrong), which would give an
 *   interval of no width. It errs on the wide side.
 *
 * @throws {StatsError} Without images, or when `groups` has another length.
 */
export function accuracyInterval(options: AccuracyOptions): Interval {
  const { correct, groups, level = 0.95, seed = 1, resamples = 2000 } = options;
  checkLevel(level);
  checkLengths("make an accuracy", { correct: correct.length, groups: groups?.length });
  const n = correct.length;
  const right = correct.reduce((sum, hit) => sum + Number(hit), 0);
  if (groups === undefined) return wilson(right, n, level);
  const totals = groupTotals(correct.map(Number), groups);
  if (totals.length === n) return { ...wilson(right, n, level), groups: n };

  const estimate = right / n;
  const common = { estimate, level, n, groups: totals.length };
  const uniform = totals.every(({ sum, count }) => sum * totals[0].count === totals[0].sum * count);
  if (uniform || totals.length < FEWEST_GROUPS) {
    const { low, high } = wilson(estimate * totals.length, totals.length, level);
    return { ...common, low, high, method: "Wilson over groups" };
  }
  const bounds = bootstrapBounds(totals, level, resamples, new Random(`${seed}/accuracy-interval`));
  return { ...common, ...bounds, method: "bootstrap over groups" };
}
