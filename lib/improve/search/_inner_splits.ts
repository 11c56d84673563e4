import type { Dataset, Fold } from "../../dataset/mod.ts";

/** Whose choice rests on what: races choose settings, splits are what trials are trained and measured on. */
export interface InnerSplits {
  readonly splits: readonly Fold[];
  /** Per outer fold, where its race looks. None of it was trained on, or is measured on, images of that fold. */
  readonly races: readonly (readonly Look[])[];
}

/** Of one split, the images that a race may look at. */
export interface Look {
  readonly split: number;
  readonly images: readonly number[];
}

/** Of the training part of an outer fold, what its race is measured on, where outer folds can't share their trainings. */
const SHARE = 1 / 3;

/**
 * What settings are chosen on, for nested cross-validation over `folds`. With three folds or more they are put in a ring,
 * and each training leaves out two neighbours: it is measured on one of them for the other's choice, and the other way
 * round. So the choice for a fold never knows the images of that fold, and costs one training per trial and fold, each
 * on fewer images than a fold has. With two folds, each sets a part of its training images aside.
 *
 * Whole groups stay together, as they do in `folds`.
 *
 * @param folds At least two, of `images.folds()`.
 */
export function innerSplits(images: Pick<Dataset, "innerPart">, folds: readonly Fold[]): InnerSplits {
  const k = folds.length;
  if (k < 3) {
    const splits = folds.map((fold, index): Fold => {
      const validation = images.innerPart(fold, { share: SHARE });
      const held = new Set(validation);
      return { ...fold, train: fold.train.filter((i) => !held.has(i)), validation, index };
    });
    return { splits, races: splits.map(({ validation }, split) => [{ split, images: validation }]) };
  }
  const splits = folds.map((fold, index): Fold => {
    const next = folds[(index + 1) % k];
    const validation = [...fold.validation, ...next.validation].sort((a, b) => a - b);
    const held = new Set(validation);
    return { ...fold, train: fold.train.filter((i) => !held.has(i)), validation, index };
  });
  const races = folds.map((_, j) => [
    { split: (j + k - 1) % k, images: folds[(j + k - 1) % k].validation },
    { split: j, images: folds[(j + 1) % k].validation },
  ]);
  return { splits, races };
}
