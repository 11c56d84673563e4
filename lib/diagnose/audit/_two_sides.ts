import type { LabelledImages } from "../images.ts";
import { Random } from "../../stats/mod.ts";
import type { Sides } from "./_context.ts";

/** Times that the images are dealt out anew. */
const SHUFFLES = 999;

/**
 * How often two sides differ at least as much as these when images, whole groups where they are known, are dealt out at
 * random: a permutation test, at best 1 in 1,000.
 *
 * @param distance How much two sides differ; called with rows of the images of `sides.a` followed by those of `sides.b`.
 */
export function permutationTest(
  { records, grouped }: Pick<LabelledImages, "records" | "grouped">,
  { a, b }: Sides,
  distance: (a: readonly number[], b: readonly number[]) => number,
): number {
  const images = [...a, ...b];
  const units = new Map<string | number, number[]>();
  for (const [row, image] of images.entries()) {
    const key = grouped ? records[image].group : row;
    const rows = units.get(key);
    if (rows) rows.push(row);
    else units.set(key, [row]);
  }
  const rows = [...images.keys()];
  const observed = distance(rows.slice(0, a.length), rows.slice(a.length));
  const random = new Random("two-sides");
  let asFar = 0;
  for (let shuffle = 0; shuffle < SHUFFLES; shuffle++) {
    const first: number[] = [], second: number[] = [];
    for (const unit of random.shuffled(units.values())) (first.length < a.length ? first : second).push(...unit);
    // Rounding must not make a tie a difference.
    if (distance(first, second) >= observed - 1e-12) asFar++;
  }
  return (asFar + 1) / (SHUFFLES + 1);
}

/** Difference of means (b − a) in standard deviations within the sides; 0 where nothing varies and nothing differs. */
export function standardised(values: ArrayLike<number>, a: readonly number[], b: readonly number[]): number {
  const one = moments(values, a), other = moments(values, b);
  const difference = other.mean - one.mean;
  const spread = Math.sqrt((one.variance + other.variance) / 2);
  return difference === 0 ? 0 : difference / Math.max(spread, 1e-9);
}

export function moments(values: ArrayLike<number>, rows: readonly number[]): { mean: number; variance: number } {
  let mean = 0;
  for (const i of rows) mean += values[i] / rows.length;
  let variance = 0;
  for (const i of rows) variance += (values[i] - mean) ** 2 / rows.length;
  return { mean, variance };
}

/**
 * Largest distance between the two sides' cumulative distributions, 0 to 1 (Kolmogorov and Smirnov), with its sign: above
 * 0 where the second side's values tend to be larger.
 *
 * @param ranks Dense ranks of all values, 0-based.
 * @param of How many different ranks there are.
 */
export function ksDistance(
  ranks: Int32Array,
  of: number,
  a: readonly number[],
  b: readonly number[],
): number {
  const difference = new Float64Array(of);
  for (const i of a) difference[ranks[i]] += 1 / a.length;
  for (const i of b) difference[ranks[i]] -= 1 / b.length;
  let sum = 0, furthest = 0;
  for (const step of difference) {
    sum += step;
    if (Math.abs(sum) > Math.abs(furthest)) furthest = sum;
  }
  return furthest;
}

/** Dense ranks: equal values share one. */
export function ranksOf(values: readonly number[]): { ranks: Int32Array; of: number } {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const place = new Map(distinct.map((value, rank) => [value, rank]));
  return { ranks: Int32Array.from(values, (value) => place.get(value)!), of: distinct.length };
}
