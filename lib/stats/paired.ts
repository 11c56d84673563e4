import { checkLengths, checkLevel } from "./_checks.ts";
import { bootstrapBounds, type GroupKey, groupTotals } from "./_groups.ts";
import type { Interval } from "./interval.ts";
import { Random } from "./random.ts";
import { wilson } from "./wilson.ts";

/** Two models on the same images. */
export interface PairedOptions {
  /** [n] Whether the first model classified each image right. */
  readonly a: readonly boolean[];
  /** [n] The same of the second, in the same order. */
  readonly b: readonly boolean[];
  /** [n] The group of each image, where images come in groups. */
  readonly groups?: readonly GroupKey[];
}

/** How to make the interval of a difference. */
export interface PairedIntervalOptions extends PairedOptions {
  /** Confidence level, 0.95 unless given. */
  readonly level?: number;
  /** Of the bootstrap, 1 unless given. */
  readonly seed?: number | string;
  /** Bootstrap samples, 2,000 unless given. */
  readonly resamples?: number;
}

/** Whether two models differ by more than chance would make them. */
export interface PairedTest {
  /** Two-sided. */
  readonly p: number;
  readonly method: "McNemar, exact" | "sign flips over groups, exact";
  /** Images that only the first classified right, and only the second. */
  readonly onlyA: number;
  readonly onlyB: number;
  readonly n: number;
  readonly groups?: number;
}

/**
 * By how much the second model's accuracy is above the first's (b − a, a difference of shares from −1 to 1), with a
 * percentile bootstrap over images, or over whole groups where they are given.
 *
 * Where all groups have the same difference d, as when the models never differ, the bootstrap would give an interval of
 * no width. Then at most the share h of groups can be otherwise, h being Wilson's upper bound for none seen, and the
 * interval goes from d − h (1 + d) to d + h (1 − d).
 *
 * @throws {StatsError} Without images, or on unequal lengths.
 */
export function pairedDifference(options: PairedIntervalOptions): Interval {
  const { a, b, groups, level = 0.95, seed = 1, resamples = 2000 } = options;
  checkLevel(level);
  checkLengths("compare two models", { a: a.length, b: b.length, groups: groups?.length });
  const n = a.length;
  const differences = a.map((hit, index) => Number(b[index]) - Number(hit));
  const totals = groupTotals(differences, groups);
  const estimate = differences.reduce((sum, difference) => sum + difference, 0) / n;
  const unit = groups === undefined ? "images" : "groups";
  const common = { estimate, level, n, ...(groups === undefined ? {} : { groups: totals.length }) };
  if (totals.every(({ sum, count }) => sum * totals[0].count === totals[0].sum * count)) {
    const { high: unseen } = wilson(0, totals.length, level);
    return {
      ...common,
      low: estimate - unseen * (1 + estimate),
      high: estimate + unseen * (1 - estimate),
      method: `Wilson bound over ${unit}`,
    };
  }
  const bounds = bootstrapBounds(totals, level, resamples, new Random(`${seed}/paired-difference`));
  return { ...common, ...bounds, method: `paired bootstrap over ${unit}` };
}

/**
 * Tests whether two models have the same accuracy on the same images. Ungrouped, this is McNemar's exact test. With
 * groups, the sign of each group's difference is flipped at random: if the models were alike, either sign would be as
 * likely. Both are computed exactly, not by drawing; the first is the second with every image its own group.
 *
 * @throws {StatsError} Without images, or on unequal lengths.
 *
 * McNemar (1947), Psychometrika 12, 153–157. Fisher (1935), The Design of Experiments, section 21.
 */
export function pairedTest({ a, b, groups }: PairedOptions): PairedTest {
  checkLengths("compare two models", { a: a.length, b: b.length, groups: groups?.length });
  const differences = a.map((hit, index) => Number(b[index]) - Number(hit));
  const onlyA = differences.filter((difference) => difference < 0).length;
  const onlyB = differences.filter((difference) => difference > 0).length;
  const counts = { onlyA, onlyB, n: a.length };
  if (groups === undefined) return { p: binomialTest(onlyA, onlyB), method: "McNemar, exact", ...counts };
  const sums = groupTotals(differences, groups).map(({ sum }) => sum);
  return { p: signFlipTest(sums), method: "sign flips over groups, exact", ...counts, groups: sums.length };
}

/** Two-sided probability of a split at least this uneven when both sides are equally likely. */
function binomialTest(one: number, other: number): number {
  const n = one + other;
  const fewer = Math.min(one, other);
  if (n === 0 || 2 * fewer >= n - 1) return 1;
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= fewer; k++) {
    logTerm += Math.log((n - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}

/** Probability that the sum is at least this far from 0 when each sign is drawn; sums are whole numbers. */
function signFlipTest(sums: readonly number[]): number {
  const sizes = sums.map(Math.abs).filter((size) => size > 0);
  const reach = sizes.reduce((total, size) => total + size, 0);
  const observed = Math.abs(sums.reduce((total, sum) => total + sum, 0));
  // chances[s] is the probability that the sizes taken so far with a plus sign sum to s.
  let chances = new Float64Array(reach + 1);
  chances[0] = 1;
  let reached = 0;
  for (const size of sizes) {
    const next = new Float64Array(reach + 1);
    for (let sum = 0; sum <= reached; sum++) {
      next[sum] += chances[sum] / 2;
      next[sum + size] += chances[sum] / 2;
    }
    chances = next;
    reached += size;
  }
  let p = 0;
  for (let plus = 0; plus <= reach; plus++) if (Math.abs(2 * plus - reach) >= observed) p += chances[plus];
  return Math.min(1, p);
}
