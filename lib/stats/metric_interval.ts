import { bootstrapInterval, type BootstrapOptions } from "./bootstrap.ts";
import { foldCorrection } from "./fold_correction.ts";
import { units } from "./_groups.ts";
import type { Interval } from "./interval.ts";
import { wilson } from "./wilson.ts";

/** What is resampled, and over how many folds it was measured. */
export interface MetricOptions extends Omit<BootstrapOptions, "method"> {
  /** How many models measured the images: 1 for a hold-out, k for the left-out parts of k folds. */
  readonly folds: number;
}

/** Below this number of images or groups the bootstrap's intervals are far too narrow. */
const FEWEST_UNITS = 10;

/** From this number on, what BCa corrects is negligible, and leaving each of them out once would take long. */
const MANY_UNITS = 2000;

/**
 * Interval of any metric between 0 and 1 (macro-F1, balanced accuracy) over out-of-fold predictions: a BCa bootstrap
 * (percentiles from 2,000 on) over images, or whole groups where given, its bounds moved away from the estimate by the root of
 * {@link foldCorrection}, since the models of k folds share training images. It is to `bootstrapInterval` what
 * `crossValidatedAccuracy` is to `accuracyInterval`.
 *
 * With fewer than 10 images (groups), and where no resample differs (all images right), it is Wilson's for that many
 * independent images, divided by the correction.
 *
 * Measured on macro-F1 of three uneven classes (24, 12 and 6 groups of 3 images), 200 simulated data sets: with the
 * correction for 5 folds it covers the truth in 98 %, on a single hold-out in 91 %.
 *
 * @param metric [any number of] indices from 0 to n − 1 -> the metric's value, from 0 to 1.
 * @throws {StatsError} Without images, on unequal lengths, or where the metric of the images themselves is no number.
 *
 * Approximate. Nadeau and Bengio (2003), Inference for the generalization error. Machine Learning 52, 239–281.
 */
export function metricInterval(metric: (indices: readonly number[]) => number, options: MetricOptions): Interval {
  const { n, folds, groups, level = 0.95 } = options;
  const correction = folds === 1 ? 1 : foldCorrection(folds);
  const count = units(n, groups).length;
  const over = groups === undefined ? "images" : "groups";
  const suffix = folds === 1 ? "" : ` of ${folds} folds, approximate`;
  const common = { level, n, ...(groups === undefined ? {} : { groups: count }) };
  const drawn = count < FEWEST_UNITS
    ? null
    : bootstrapInterval(metric, { ...options, method: count < MANY_UNITS ? "BCa" : "percentile" });
  if (drawn === null || !(drawn.high > drawn.low)) {
    const estimate = drawn?.estimate ?? metric(Array.from({ length: n }, (_, index) => index));
    const alike = Math.max(1, count / correction);
    const { low, high } = wilson(Math.min(1, Math.max(0, estimate)) * alike, alike, level);
    return { ...common, estimate, low, high, method: `Wilson over ${over}${suffix}` };
  }
  const { estimate, low, high } = drawn;
  const widen = Math.sqrt(correction);
  return {
    ...common,
    estimate,
    // A bound on the wrong side of the estimate, which BCa can give, stays where it is.
    low: Math.max(0, Math.min(low, estimate - widen * (estimate - low))),
    high: Math.min(1, Math.max(high, estimate + widen * (high - estimate))),
    method: folds === 1 ? drawn.method : `corrected bootstrap over ${over}${suffix}`,
  };
}
