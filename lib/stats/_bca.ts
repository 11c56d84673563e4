import cdf from "@stdlib/stats-base-dists-normal-cdf";
import quantile from "@stdlib/stats-base-dists-normal-quantile";
import { mean, sum } from "./_moments.ts";

/**
 * The shares at which the bootstrap values are read for a BCa interval (Efron 1987, equation 2.3), the plain ones where
 * the correction is not defined (all values on one side of the estimate, or a jackknife without spread).
 *
 * @param values Bootstrap values of the metric.
 * @param jackknife The metric with each unit left out once.
 */
export function bcaShares(
  values: ArrayLike<number>,
  estimate: number,
  jackknife: readonly number[],
  level: number,
): readonly [number, number] {
  const plain = [(1 - level) / 2, (1 + level) / 2] as const;
  // Values equal to the estimate count half, which matters for metrics of few steps, as accuracy.
  let below = 0;
  for (let index = 0; index < values.length; index++) {
    below += values[index] < estimate ? 1 : values[index] === estimate ? 0.5 : 0;
  }
  const bias = quantile(below / values.length, 0, 1);
  const middle = mean(jackknife);
  const spread = sum(jackknife.map((value) => (middle - value) ** 2));
  const acceleration = sum(jackknife.map((value) => (middle - value) ** 3)) / (6 * spread ** 1.5);
  if (!Number.isFinite(bias) || !Number.isFinite(acceleration)) return plain;
  const [low, high] = plain.map((share) => {
    const shifted = bias + quantile(share, 0, 1);
    return cdf(bias + shifted / (1 - acceleration * shifted), 0, 1);
  });
  return [low, high];
}
