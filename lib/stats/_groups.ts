import { quantileOfSorted } from "./_quantile.ts";
import type { Random } from "./random.ts";

/** What a group is called: anything that tells it from the others. */
export type GroupKey = string | number;

/** Sum of the values and number of the images of one group. */
export interface GroupTotal {
  readonly sum: number;
  readonly count: number;
}

/** Totals of `values` per group, in order of first appearance; without groups, each value is one of its own. */
export function groupTotals(values: readonly number[], groups: readonly GroupKey[] | undefined): GroupTotal[] {
  if (groups === undefined) return values.map((sum) => ({ sum, count: 1 }));
  const totals = new Map<GroupKey, { sum: number; count: number }>();
  values.forEach((value, index) => {
    const total = totals.get(groups[index]) ?? { sum: 0, count: 0 };
    total.sum += value;
    total.count++;
    totals.set(groups[index], total);
  });
  return [...totals.values()];
}

/**
 * Percentile bounds of the mean over images when whole groups are drawn with replacement (Davison and Hinkley 1997,
 * section 3.8): as many groups each time as there are, the mean weighted by their images.
 */
export function bootstrapBounds(
  totals: readonly GroupTotal[],
  level: number,
  resamples: number,
  random: Random,
): { low: number; high: number } {
  const sums = Float64Array.from(totals, ({ sum }) => sum);
  const counts = Float64Array.from(totals, ({ count }) => count);
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0, count = 0;
    for (let draw = 0; draw < totals.length; draw++) {
      const chosen = Math.floor(random.next() * totals.length);
      sum += sums[chosen];
      count += counts[chosen];
    }
    means[resample] = sum / count;
  }
  means.sort();
  return { low: quantileOfSorted(means, (1 - level) / 2), high: quantileOfSorted(means, (1 + level) / 2) };
}

/** The images of each unit that is drawn as a whole: a group, or without groups each of the `n` images by itself. */
export function units(n: number, groups: readonly GroupKey[] | undefined): number[][] {
  if (groups === undefined) return Array.from({ length: n }, (_, index) => [index]);
  const members = new Map<GroupKey, number[]>();
  for (let index = 0; index < n; index++) {
    const group = members.get(groups[index]);
    if (group === undefined) members.set(groups[index], [index]);
    else group.push(index);
  }
  return [...members.values()];
}
