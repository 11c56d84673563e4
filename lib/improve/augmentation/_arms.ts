import { type AugmentationPolicy, combined } from "../../augment/mod.ts";
import type { Dataset, Fold } from "../../dataset/mod.ts";
import { type ModelSpec, smallCnn } from "../../model/mod.ts";
import { type Experiment, fitAll, type Run } from "../../train/mod.ts";
import type { Scope } from "./_scope.ts";

/** The runs of one way of varying the images, one per fold. */
export interface Trained {
  /** Null for unchanged images. */
  readonly policy: AugmentationPolicy | null;
  readonly runs: readonly Run[];
}

/** All that helped, together. What helped was decided for each fold on the others. */
export interface TrainedTogether extends Trained {
  /** What all folds together would choose: what to use from now on. */
  readonly policy: AugmentationPolicy;
  /** What was trained in each fold; null where nothing had helped on the others. */
  readonly byFold: readonly (AugmentationPolicy | null)[];
}

/** The small CNN, on images of that size. */
export function networkAt(size: number, images: Pick<Dataset, "size">): ModelSpec {
  const spec = smallCnn();
  if (size === images.size) return spec;
  return {
    ...spec,
    name: `${spec.name}-${size}px`,
    config: { ...spec.config, inputSize: size }, // so that it is another experiment
    inputSize: size,
    source: { from: "layers" },
  };
}

/** Trains without any policy, and with each alone, on the same folds; the unchanged first. */
export async function trainedAlone(images: Dataset, folds: readonly Fold[], scope: Scope): Promise<Trained[]> {
  const policies = [null, ...scope.tried];
  const runs = await fitAll(
    images,
    policies.flatMap((policy) => folds.map((fold, i) => experiment(images, scope, fold, i, policy))),
  );
  return policies.map((policy, arm) => ({ policy, runs: runs.slice(arm * folds.length, (arm + 1) * folds.length) }));
}

/**
 * Trains with all policies that helped, however little, together. A fold has no say in what it is measured with: what
 * helped is decided on the validation parts of the other folds.
 *
 * @param alone As {@link trainedAlone} gives it.
 * @returns null where fewer than two helped, over all folds.
 */
export async function trainedTogether(
  images: Dataset,
  folds: readonly Fold[],
  scope: Scope,
  alone: readonly Trained[],
): Promise<TrainedTogether | null> {
  if (folds.length < 2) return null;
  const chosen = (of: (fold: number) => boolean) => {
    const helping = helped(alone, of);
    return { count: helping.length, policy: helping.length === 0 ? null : asOne(helping) };
  };
  const all = chosen(() => true);
  if (all.count < 2) return null;
  const byFold = folds.map((_, left) => chosen((fold) => fold !== left).policy);
  const runs = await fitAll(images, folds.map((fold, i) => experiment(images, scope, fold, i, byFold[i])));
  return { policy: all.policy!, byFold, runs };
}

/** One alone keeps its name, and so its runs. */
function asOne(helping: readonly AugmentationPolicy[]): AugmentationPolicy {
  return helping.length === 1 ? helping[0] : combined(helping);
}

/** Policies that get more images right than none, in the folds that have a say. TrivialAugment is a mixture already. */
function helped([none, ...others]: readonly Trained[], of: (fold: number) => boolean): AugmentationPolicy[] {
  const hits = ({ runs }: Trained) =>
    runs.reduce((sum, { correct }, fold) => sum + (of(fold) ? correct.filter(Boolean).length : 0), 0);
  const least = hits(none);
  return others.filter((one) => hits(one) > least)
    .map(({ policy }) => policy!)
    .filter(({ operations }) => operations.every(({ kind }) => kind !== "trivial"));
}

function experiment(
  images: Dataset,
  { size, folds, config }: Scope,
  fold: Fold,
  i: number,
  augmentation: AugmentationPolicy | null,
): Experiment {
  return {
    model: networkAt(size, images),
    fold,
    config: { ...config, augmentation },
    label: `${augmentation?.name ?? "unchanged"}, fold ${i + 1} of ${folds}`,
  };
}
