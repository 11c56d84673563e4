import cdf from "@stdlib/stats-base-dists-t-cdf";
import quantile from "@stdlib/stats-base-dists-t-quantile";
import { checkLengths, checkLevel } from "./_checks.ts";
import { mean, sampleVariance, sum } from "./_moments.ts";
import { StatsError } from "./errors.ts";
import type { Interval } from "./interval.ts";

/** How many images a fold trained on and was measured on (their ratio matters; groups do as well). */
export interface FoldSizes {
  readonly train: number;
  readonly test: number;
}

/** Whether two models differ over folds by more than chance would make them. */
export interface FoldTest {
  /** Mean difference, second minus first. */
  readonly difference: number;
  /** Student's t; infinite where all folds differ by the same, 0 where none differs. */
  readonly t: number;
  /** Number of folds (times repeats) less 1. */
  readonly degrees: number;
  /** Two-sided. */
  readonly p: number;
  readonly method: "corrected resampled t-test";
}

/**
 * Variance of the mean of scores over folds, corrected for what training sets share: (1/J + test/train) s², for J
 * scores with sample variance s². Uncorrected, folds would count as independent and the variance come out far too
 * small.
 *
 * @param scores [J] One score per fold. For repeated k-fold all k × r of them.
 * @throws {StatsError} With fewer than 2 scores, or sizes that are not positive.
 *
 * Nadeau and Bengio (2003), Inference for the generalization error. Machine Learning 52, 239–281. For repeated k-fold:
 * Bouckaert and Frank (2004), Evaluating the replicability of significance tests for comparing learning algorithms.
 * PAKDD 2004, 3–12. Approximate: no unbiased estimator of this variance exists (Bengio and Grandvalet 2004).
 */
export function correctedVariance(scores: readonly number[], { train, test }: FoldSizes): number {
  if (scores.length < 2) {
    throw new StatsError(`Cannot tell the spread over folds: at least 2 scores are needed, there are ${scores.length}`);
  }
  if (!(train > 0 && test > 0)) {
    throw new StatsError(`Cannot tell the spread over folds: sizes must be positive, they are ${train} and ${test}`);
  }
  return (1 / scores.length + test / train) * sampleVariance(scores);
}

/**
 * Interval of the expected score of a model trained on as many images as a fold trains on, from its scores over folds:
 * mean ± t(J − 1) √corrected variance. Arguments and errors as of {@link correctedVariance}.
 *
 * It needs nothing but the scores, so it serves any metric, but with few folds it is wide: `crossValidatedAccuracy` is
 * narrower where each image's prediction is known.
 *
 * @param n Number of images over all test parts.
 */
export function correctedInterval(
  scores: readonly number[],
  { train, test, n, level = 0.95 }: FoldSizes & { readonly n: number; readonly level?: number },
): Interval {
  checkLevel(level);
  const half = quantile((1 + level) / 2, scores.length - 1) * Math.sqrt(correctedVariance(scores, { train, test }));
  const estimate = mean(scores);
  return {
    estimate,
    low: estimate - half,
    high: estimate + half,
    level,
    method: "corrected resampled t over folds, approximate",
    n,
  };
}

/**
 * Tests whether two models have the same expected score when trained on as many images as a fold trains on. Both were
 * measured on the same folds.
 *
 * @param a [J] Scores of the first model, one per fold (and repeat).
 * @param b [J] The second's, in the same order.
 * @throws {StatsError} As {@link correctedVariance}, and on unequal lengths.
 */
export function correctedTest(a: readonly number[], b: readonly number[], sizes: FoldSizes): FoldTest {
  checkLengths("compare two models over folds", { a: a.length, b: b.length });
  const differences = a.map((score, fold) => b[fold] - score);
  const difference = sum(differences) / differences.length;
  const error = Math.sqrt(correctedVariance(differences, sizes));
  const t = difference === 0 ? 0 : difference / error;
  const degrees = differences.length - 1;
  const p = Number.isFinite(t) ? Math.min(1, 2 * cdf(-Math.abs(t), degrees)) : 0;
  return { difference, t, degrees, p, method: "corrected resampled t-test" };
}
