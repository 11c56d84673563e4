import { checkLengths } from "./_checks.ts";
import { checkProbabilities, top } from "./_probabilities.ts";
import { accuracyInterval, type AccuracyOptions } from "./accuracy_interval.ts";
import { StatsError } from "./errors.ts";
import type { Interval } from "./interval.ts";

/** How to bin, and what the intervals rest on. */
export interface ReliabilityOptions extends Omit<AccuracyOptions, "correct"> {
  /** Number of bins of equal width between 0 and 1, 15 unless given. */
  readonly bins?: number;
}

/** Images whose confidence (largest probability) lies in (low, high]. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly images: number;
  /** Mean confidence of these images; null where there are none. */
  readonly confidence: number | null;
  /** Share of them classified right, as of `accuracyInterval`; null where there are none. */
  readonly accuracy: Interval | null;
}

/**
 * Bins of a reliability diagram: does a confidence of 0.8 mean that 80 % are right?
 *
 * @param probabilities [n, K], row by row.
 * @param labels [n] True classes, 0 to K − 1.
 * @param classes K.
 * @returns [bins], empty ones included.
 * @throws {StatsError} Without images, on lengths that don't fit, or on rows that are no probabilities.
 *
 * Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks. ICML.
 */
export function reliabilityBins(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  { bins = 15, groups, ...rest }: ReliabilityOptions = {},
): ReliabilityBin[] {
  checkProbabilities("tell calibration", probabilities, labels, classes);
  checkLengths("tell calibration", { labels: labels.length, groups: groups?.length });
  if (!(Number.isInteger(bins) && bins >= 1)) {
    throw new StatsError(`Cannot tell calibration: at least 1 bin is needed, there are ${bins}`);
  }
  const filled = Array.from(
    { length: bins },
    () => ({ images: [] as number[], correct: [] as boolean[], confidence: 0 }),
  );
  for (let image = 0; image < labels.length; image++) {
    const { label, p } = top(probabilities, image, classes);
    const bin = filled[Math.min(bins - 1, Math.max(0, Math.ceil(p * bins) - 1))];
    bin.images.push(image);
    bin.correct.push(label === labels[image]);
    bin.confidence += p;
  }
  return filled.map(({ images, correct, confidence }, index) => ({
    low: index / bins,
    high: (index + 1) / bins,
    images: images.length,
    confidence: images.length === 0 ? null : confidence / images.length,
    accuracy: images.length === 0
      ? null
      : accuracyInterval({ ...rest, correct, groups: groups && images.map((image) => groups[image]) }),
  }));
}

/**
 * Mean distance between confidence and accuracy over the reliability bins, weighted by their images; a share. It
 * depends on the number of bins and is above 0 by chance even for a calibrated model: compare only like with like.
 * Arguments and errors as of {@link reliabilityBins}.
 *
 * Pakdaman Naeini, Cooper and Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian binning. AAAI.
 */
export function expectedCalibrationError(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  bins = 15,
): number {
  let sum = 0;
  for (const { images, confidence, accuracy } of reliabilityBins(probabilities, labels, classes, { bins })) {
    if (images > 0) sum += images * Math.abs(confidence! - accuracy!.estimate);
  }
  return sum / labels.length;
}
