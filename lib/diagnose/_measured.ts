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

function groupsOfMeasured({ dataset, images }: Measured) {
  return dataset && groupsOf(dataset, images);
}

/** Without a data set all count as one class: the variance is then that over all images. */
function labelsOf({ dataset, images }: Measured): number[] {
  return images.map((image) => dataset?.records[image].label ?? 0);
}
