import {
  accuracyInterval,
  crossValidatedAccuracy,
  crossValidatedDifference,
  type Interval,
  pairedDifference,
  type PairedTest,
  pairedTest,
} from "../stats/mod.ts";
import { groupsOf, type LabelledImages } from "./images.ts";

/** Images that were measured, and how. */
export interface Measured {
  /** Indices into the data set's records. */
  readonly images: readonly number[];
  /** How many models measured them: 1 for a hold-out, k for the left-out parts of k folds. */
  readonly folds: number;
  /** Where the groups and labels come from; without it, images count as independent. */
  readonly dataset?: Pick<LabelledImages, "grouped" | "records">;
  /** Of the bootstrap. */
  readonly seed: number;
}

/** Whether a difference is more than chance. */
export type DifferenceTest = Omit<PairedTest, "method"> & {
  /** As "exact McNemar". */
  readonly method: string;
};

/**
 * Accuracy with the interval that its measuring calls for. One model on one hold-out: the images (or groups) are what
 * varies. k folds: the k models share training images, so their variance is corrected.
 */
export function accuracyOf(correct: readonly boolean[], measured: Measured): Interval {
  const groups = groupsOfMeasured(measured);
  return measured.folds === 1
    ? accuracyInterval({ correct, groups, seed: measured.seed })
    : crossValidatedAccuracy({ correct, groups, folds: measured.folds, labels: labelsOf(measured) });
}

/** By how much the second is better, in points, and the test of it; corrected like {@link accuracyOf}. */
export function differenceOf(
  a: readonly boolean[],
  b: readonly boolean[],
  measured: Measured,
): { readonly difference: Interval; readonly test: DifferenceTest } {
  const groups = groupsOfMeasured(measured);
  const test = pairedTest({ a, b, groups });
  if (measured.folds === 1) return { difference: pairedDifference({ a, b, groups, seed: measured.seed }), test };
  const { difference, p, method } = crossValidatedDifference({
    a,
    b,
    groups,
    folds: measured.folds,
    labels: labelsOf(measured),
  });
  return { difference, test: { ...test, p, method } };
}

/**
 * Two models whose cross-validation was repeated: each image counts with the share of the repeats in which it was
 * classified right. Corrected like {@link accuracyOf}; repeats take out the luck of folds and seeds, they make no images.
 *
 * @param a By repeat, at least 2: whether each of `measured.images` was classified right by the first.
 * @param b The same of the second.
 * @param measured Over at least 2 folds.
 */
export function repeatedDifferenceOf(
  a: readonly (readonly boolean[])[],
  b: readonly (readonly boolean[])[],
  measured: Measured,
): { readonly a: Interval; readonly b: Interval; readonly difference: Interval; readonly test: DifferenceTest } {
  const shares = (repeats: readonly (readonly boolean[])[]) =>
    measured.images.map((_, i) => repeats.reduce((sum, flags) => sum + Number(flags[i]), 0) / repeats.length);
  const common = { groups: groupsOfMeasured(measured), folds: measured.folds, labels: labelsOf(measured) };
  const [ofA, ofB] = [shares(a), shares(b)];
  const { difference, p, method } = crossValidatedDifference({ ...common, a: ofA, b: ofB });
  const only = (one: readonly (readonly boolean[])[], other: readonly (readonly boolean[])[]) =>
    one.reduce((sum, flags, r) => sum + flags.filter((flag, i) => flag && !other[r][i]).length, 0) / one.length;
  const { n, groups } = difference;
  return {
    a: crossValidatedAccuracy({ ...common, correct: ofA }),
    b: crossValidatedAccuracy({ ...common, correct: ofB }),
    difference,
    test: { p, method, onlyA: only(a, b), onlyB: only(b, a), n, ...(groups === undefined ? {} : { groups }) },
  };
}

function groupsOfMeasured({ dataset, images }: Measured) {
  return dataset && groupsOf(dataset, images);
}

/** Without a data set all count as one class: the variance is then that over all images. */
function labelsOf({ dataset, images }: Measured): number[] {
  return images.map((image) => dataset?.records[image].label ?? 0);
}
