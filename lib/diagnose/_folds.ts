import type { Fold } from "../dataset/mod.ts";
import { DiagnosisError } from "./errors.ts";

/** Images that some fold validates on, in the order of `development`. */
export function measuredImages(
  development: readonly number[],
  folds: readonly Fold[],
  action = "score baselines",
): number[] {
  const measured = folds.flatMap((fold) => fold.validation);
  const once = new Set(measured);
  if (folds.length === 0) throw new DiagnosisError(`Cannot ${action}: there must be at least one fold, got none`);
  if (once.size < measured.length) {
    throw new DiagnosisError(
      `Cannot ${action}: each image must be in the validation part of one fold at most, ${
        measured.length - once.size
      } are in more`,
    );
  }
  return development.filter((image) => once.has(image));
}

/** Images that the folds train or validate on, in the order of `development`. */
export function touchedImages(development: readonly number[], folds: readonly Fold[]): number[] {
  const touched = new Set(folds.flatMap((fold) => [...fold.train, ...fold.validation]));
  return development.filter((image) => touched.has(image));
}

/** Whether the largest class has over half as many images again as the smallest: then accuracy alone misleads. */
export function isUneven(labels: ArrayLike<number>, classes: number): boolean {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  return Math.max(...counts) > 1.5 * Math.min(...counts);
}
