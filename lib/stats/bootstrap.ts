import { bcaShares } from "./_bca.ts";
import { checkLengths, checkLevel } from "./_checks.ts";
import { type GroupKey, units } from "./_groups.ts";
import { quantileOfSorted } from "./_quantile.ts";
import { StatsError } from "./errors.ts";
import type { Interval } from "./interval.ts";
import { Random } from "./random.ts";

/** What is resampled, and how. */
export interface BootstrapOptions {
  /** Number of images. */
  readonly n: number;
  /** [n] The group of each image, where images come in groups: whole groups are drawn then. */
  readonly groups?: readonly GroupKey[];
  /** "BCa" (unless given) corrects the percentiles for bias and skewness; "percentile" takes them as they are. */
  readonly method?: "BCa" | "percentile";
  /** Confidence level, 0.95 unless given. */
  readonly level?: number;
  /** 1 unless given. */
  readonly seed?: number | string;
  /** Bootstrap samples, 2,000 unless given. */
  readonly resamples?: number;
}

/**
 * Bootstrap interval of any metric, over images or over whole groups.
 *
 * `metric` is called with the indices of the images drawn, repeated as often as they were drawn. Resamples for which it
 * is not a number (a class that was not drawn) are left out.
 *
 * The bootstrap is approximate: below some ten images or groups it is too narrow, and where every resample gives the
 * same value the interval has no width. For plain accuracies `accuracyInterval` knows what to do then.
 *
 * @param metric [any number of] indices from 0 to n − 1 -> the metric's value.
 * @throws {StatsError} With fewer than 2 images or groups, or where the metric of the images themselves is no number.
 *
 * Efron (1987), Better bootstrap confidence intervals. JASA 82, 171–185. For groups: Davison and Hinkley (1997),
 * Bootstrap methods and their application, section 3.8.
 *
 * ```ts
 * import { bootstrapInterval, macroF1 } from "./mod.ts";
 *
 * const labels = [0, 0, 1, 1, 2, 2, 0, 1, 2, 0, 1, 2];
 * const predictions = [0, 1, 1, 1, 2, 0, 0, 1, 2, 2, 0, 2];
 * const interval = bootstrapInterval(
 *   (drawn) => macroF1(drawn.map((i) => labels[i]), drawn.map((i) => predictions[i]), 3),
 *   { n: 12 },
 * );
 * console.assert(interval.low < interval.estimate && interval.estimate < interval.high);
 * ```
 */
export function bootstrapInterval(metric: (indices: readonly number[]) => number, options: BootstrapOptions): Interval {
  const { n, groups, method = "BCa", level = 0.95, seed = 1, resamples = 2000 } = options;
  checkLevel(level);
  if (!(Number.isInteger(n) && n >= 1)) throw new StatsError(`Cannot bootstrap: at least 1 image is needed, n is ${n}`);
  if (!(Number.isInteger(resamples) && resamples >= 1)) {
    throw new StatsError(`Cannot bootstrap: at least 1 bootstrap sample is needed, resamples is ${resamples}`);
  }
  if (groups !== undefined) checkLengths("bootstrap", { images: n, groups: groups.length });
  const drawn = units(n, groups);
  const unit = groups === undefined ? "images" : "groups";
  if (drawn.length < 2) throw new StatsError(`Cannot bootstrap: at least 2 ${unit} are needed, there is 1`);
  const estimate = metric(drawn.flat());
  if (Number.isNaN(estimate)) throw new StatsError("Cannot bootstrap: the metric of all images is not a number");

  const random = new Random(`${seed}/bootstrap`);
  const values: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    const indices: number[] = [];
    for (let draw = 0; draw < drawn.length; draw++) {
      for (const index of drawn[random.integer(drawn.length)]) indices.push(index);
    }
    const value = metric(indices);
    if (!Number.isNaN(value)) values.push(value);
  }
  if (values.length === 0) throw new StatsError("Cannot bootstrap: the metric of every resample is not a number");
  const sorted = Float64Array.from(values).sort();

  let shares: readonly [number, number] = [(1 - level) / 2, (1 + level) / 2];
  if (method === "BCa") {
    const jackknife = drawn.map((_, left) => metric(drawn.flatMap((unit, index) => index === left ? [] : unit)));
    shares = bcaShares(sorted, estimate, jackknife.filter((value) => !Number.isNaN(value)), level);
  }
  return {
    estimate,
    low: quantileOfSorted(sorted, shares[0]),
    high: quantileOfSorted(sorted, shares[1]),
    level,
    method: `${method} bootstrap over ${unit}`,
    n,
    ...(groups === undefined ? {} : { groups: drawn.length }),
  };
}
