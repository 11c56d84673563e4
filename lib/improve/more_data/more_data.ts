import type { Dataset, Fold } from "../../dataset/mod.ts";
import { drawPart } from "./_draws.ts";
import type { Size } from "./_law.ts";
import { frozenFeatures, type Learner, rightOnes } from "./learner.ts";
import { SizeCurve } from "./size_curve.ts";

/** How accuracy against number of images is measured. */
export interface MoreDataOptions {
  /** Frozen features with logistic regression unless given: seconds, and what most people should use anyway. */
  readonly learner?: Learner;
  /** Of the draws and the bootstrap. 1 by default. */
  readonly seed?: number;
  /** Times that each part is drawn anew, but for the whole. 4 by default. */
  readonly draws?: number;
  /** Shares of the training part, ascending, 1 last. From an eighth to the whole in seven steps by default. */
  readonly shares?: readonly number[];
}

/** From an eighth to the whole, each half as many again. */
export const SHARES: readonly number[] = [6, 5, 4, 3, 2, 1, 0].map((step) => 2 ** (-step / 2));

/** More images than that train no model here: a law needs no more, and each fit takes as long as the square of it. */
const MOST_IMAGES = 1500;

/** A size that is hardly larger than the one before it tells nothing new. */
const LEAST_STEP = 1.08;

/**
 * Measures how accuracy rises with the number of training images. Parts of each fold's training images are drawn: of
 * each class the same share, whole groups at a time, several times with other draws; what is measured is always the same
 * validation part, so that all sizes can be compared image by image. Within a draw, parts lie within each other.
 *
 * Everything is kept on disk by content: a second call costs seconds.
 *
 * @param folds As `images.folds` makes them.
 * @throws Interrupted when the person stopped it; what is finished is kept.
 */
export async function moreData(
  images: Dataset,
  folds: readonly Fold[],
  { learner = frozenFeatures(), seed = 1, draws = 4, shares = SHARES }: MoreDataOptions = {},
): Promise<SizeCurve> {
  const limited = limitedFolds(images, folds, seed);
  const wanted = shares.flatMap((share) =>
    Array.from({ length: share === 1 ? 1 : draws }, (_, draw) => ({ share, draw }))
  );
  const parts = wanted.flatMap(({ share, draw }) =>
    limited.map((fold): Fold => ({
      ...fold,
      train: drawPart(images, fold.train, share, `${seed}/more-data/${draw}/${fold.index}`),
    }))
  );
  const right = (await learner.learn(images, parts)).map((said, i) => rightOnes(images, parts[i], said));
  const k = limited.length;
  const sizes: Size[] = [];
  for (const share of shares) {
    const places = wanted.flatMap((one, i) => one.share === share ? [i] : []);
    const trained = mean(places.flatMap((i) => parts.slice(i * k, i * k + k).map(({ train }) => train.length)));
    const before = sizes[sizes.length - 1];
    // Of few images, different shares draw the same.
    if (before !== undefined && trained < LEAST_STEP * before.trained) {
      if (share !== 1) continue;
      sizes.pop();
    }
    sizes.push({ share, trained, correct: places.map((i) => right.slice(i * k, i * k + k).flat()) });
  }
  const measured = limited.flatMap(({ validation }) => validation);
  return new SizeCurve({
    name: learner.name,
    label: learner.label,
    sizes,
    labels: measured.map((i) => images.records[i].label),
    groups: images.grouped ? measured.map((i) => images.records[i].group) : undefined,
    folds: k,
    classes: images.classes.length,
    images: limited.reduce((sum, { train, validation }) => sum + train.length + validation.length, 0) / k,
    seed,
  });
}

/** The folds with as many images as can be learnt from in seconds, drawn by seed, whole groups at a time. */
export function limitedFolds(images: Dataset, folds: readonly Fold[], seed: number): readonly Fold[] {
  const all = folds[0].train.length + folds[0].validation.length;
  if (all <= MOST_IMAGES) return folds;
  const kept = new Set(drawPart(images, images.development, MOST_IMAGES / all, `${seed}/more-data/most`));
  const of = (part: readonly number[]) => part.filter((i) => kept.has(i));
  return folds.map((fold) => ({ ...fold, train: of(fold.train), validation: of(fold.validation) }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
