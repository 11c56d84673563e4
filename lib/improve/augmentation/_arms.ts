import { type AugmentationPolicy, combined } from "../../augment/mod.ts";
import type { Dataset, Fold } from "../../dataset/mod.ts";
import { predictedClasses } from "../../diagnose/mod.ts";
import { smallCnn } from "../../model/mod.ts";
import { fitAll, type Run } from "../../train/mod.ts";
import type { Arm } from "../tune/ablate.ts";
import type { Ablation, MeasuredArm } from "../tune/ablation.ts";
import type { Scope } from "./_scope.ts";

/** All that helped, together. */
export interface TrainedTogether {
  /** What all folds together choose: what to use from now on. */
  readonly policy: AugmentationPolicy;
  /** What was trained in each fold, as the others chose; null where nothing had helped on them. */
  readonly byFold: readonly (AugmentationPolicy | null)[];
  readonly runs: readonly Run[];
}

/** The small CNN with one policy, or with none. */
export function policyArm(
  policy: AugmentationPolicy | null,
  { size, config }: Scope,
  images: Pick<Dataset, "size">,
): Arm {
  return {
    name: policy?.name ?? "unchanged images",
    model: smallCnn(size === images.size ? {} : { inputSize: size }),
    config: { ...config, augmentation: policy },
  };
}

/**
 * Trains with all policies that helped, however little, together. A fold has no say in what it is measured with: what
 * helped is decided on the validation parts of the other folds.
 *
 * @param alone What each of `scope.tried` does, in that order.
 * @returns null where fewer than two helped, over all folds.
 */
export async function trainedTogether(
  images: Dataset,
  folds: readonly Fold[],
  scope: Scope,
  { base, effects }: Pick<Ablation, "base" | "effects">,
): Promise<TrainedTogether | null> {
  if (folds.length < 2) return null;
  const none = hitsByFold(base, images, folds);
  const others = effects.map((arm) => hitsByFold(arm, images, folds));
  const helping = (has: (fold: number) => boolean) => {
    const total = (hits: readonly number[]) => hits.reduce((sum, count, fold) => sum + (has(fold) ? count : 0), 0);
    return scope.tried.filter((policy, i) => total(others[i]) > total(none) && combines(policy, scope));
  };
  const all = helping(() => true);
  if (all.length < 2) return null;
  const byFold = folds.map((_, left) => asOne(helping((fold) => fold !== left)));
  const runs = await fitAll(
    images,
    folds.map((fold, i) => {
      const { model, config } = policyArm(byFold[i], scope, images);
      return { model, fold, config, label: `all that helped, fold ${i + 1} of ${folds.length}` };
    }),
  );
  return { policy: combined(all), byFold, runs };
}

/** TrivialAugment is a mixture already, and what the report uses elsewhere is made of others. */
function combines(policy: AugmentationPolicy, { usual }: Scope): boolean {
  return policy !== usual && policy.operations.every(({ kind }) => kind !== "trivial");
}

/** One alone keeps its name, and so its runs. */
function asOne(helping: readonly AugmentationPolicy[]): AugmentationPolicy | null {
  return helping.length === 0 ? null : helping.length === 1 ? helping[0] : combined(helping);
}

/** How many images of each fold's validation part are classified right. */
function hitsByFold(
  { images: judged, probabilities }: MeasuredArm,
  { classes, records }: Pick<Dataset, "classes" | "records">,
  folds: readonly Fold[],
): number[] {
  const said = predictedClasses(probabilities, classes.length);
  const right = new Set(judged.filter((image, i) => said[i] === records[image].label));
  return folds.map(({ validation }) => validation.filter((image) => right.has(image)).length);
}
