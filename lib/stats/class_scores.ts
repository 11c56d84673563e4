import { accuracyInterval, type AccuracyOptions } from "./accuracy_interval.ts";
import { checkLengths } from "./_checks.ts";
import type { Interval } from "./interval.ts";
import { confusionMatrix } from "./scores.ts";

/** How well one class is recognised. */
export interface ClassScore {
  readonly label: number;
  /** Images of the class. */
  readonly images: number;
  /** Images that were taken for it. */
  readonly predicted: number;
  /** Share right of the images taken for this class; null where there are none. */
  readonly precision: Interval | null;
  /** Share right of the images of this class; null where there are none. */
  readonly recall: Interval | null;
  /** Harmonic mean of the two; null where the class neither occurs nor is predicted. */
  readonly f1: Interval | null;
}

/**
 * Precision, recall and F1 of each class, with intervals as of `accuracyInterval` over the images that each of them
 * rests on, over whole groups where they are given.
 *
 * F1 = 2J / (1 + J) rises with the share J that is right on both sides of all images that are of the class or taken for
 * it, so its bounds are those of J, carried over.
 *
 * @param labels [n] True classes, 0 to K − 1.
 * @param predictions [n] Predicted classes, 0 to K − 1.
 * @param classes K.
 * @returns [K]
 * @throws {StatsError} Without images, on unequal lengths, or on a class outside 0 to K − 1.
 */
export function classScores(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
  options: Omit<AccuracyOptions, "correct"> = {},
): ClassScore[] {
  confusionMatrix(labels, predictions, classes);
  const { groups, ...rest } = options;
  checkLengths("score classes", { labels: labels.length, groups: groups?.length });
  const all = Array.from({ length: labels.length }, (_, index) => index);
  return Array.from({ length: classes }, (_, label) => {
    const shareRight = (images: number[]) =>
      images.length === 0 ? null : accuracyInterval({
        ...rest,
        correct: images.map((index) => labels[index] === predictions[index]),
        groups: groups && images.map((index) => groups[index]),
      });
    const of = all.filter((index) => labels[index] === label);
    const taken = all.filter((index) => predictions[index] === label);
    const either = shareRight(all.filter((index) => labels[index] === label || predictions[index] === label));
    return {
      label,
      images: of.length,
      predicted: taken.length,
      precision: shareRight(taken),
      recall: shareRight(of),
      f1: either && { ...either, estimate: f1(either.estimate), low: f1(either.low), high: f1(either.high) },
    };
  });
}

function f1(jaccard: number): number {
  return 2 * jaccard / (1 + jaccard);
}
