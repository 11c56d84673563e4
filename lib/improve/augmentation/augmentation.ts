import { type AugmentationPolicy, inWords } from "../../augment/mod.ts";
import type { Dataset } from "../../dataset/mod.ts";
import { compare, predictedClasses, predictionsOf, type Scored } from "../../diagnose/mod.ts";
import type { Plan } from "../../train/mod.ts";
import { ablate } from "../tune/ablate.ts";
import type { MeasuredArm } from "../tune/ablation.ts";
import { policyArm, type TrainedTogether, trainedTogether } from "./_arms.ts";
import { mixedUp } from "./_mixed_up.ts";
import { chooseScope, USUAL } from "./_scope.ts";
import { type PolicyEffect, PolicyEffects, type TogetherEffect } from "./policy_effects.ts";

/** What is tried. */
export interface AugmentationOptions {
  /** The usual dozen by default; the first are tried first where time is short. */
  readonly policies?: readonly AugmentationPolicy[];
  /** Of the folds and the training. 1 by default. */
  readonly seed?: number;
}

/**
 * What each way of varying the training images does to the accuracy: the small CNN is trained without any and with each
 * alone, on the same folds, and with all together that helped. Differences are paired, and corrected for how many are
 * looked at.
 *
 * Where the plan has no time for that, training is shorter, on fewer folds and on smaller images, or of fewer policies,
 * or not done at all: the findings say so.
 *
 * @throws RangeError for a policy that cannot be applied.
 * @throws Interrupted when the person stopped it; finished runs are kept.
 */
export async function augmentation(
  images: Dataset,
  plan: Pick<Plan, "trainings" | "folds" | "mostImages" | "careful" | "budget">,
  options: AugmentationOptions = {},
): Promise<PolicyEffects> {
  const { seed = 1, policies = USUAL } = options;
  const { augmentation: usual } = plan.careful(seed);
  const scope = chooseScope(plan, images, policies, seed);
  const facts = { images, budget: plan.budget, usual: usual ?? null, scope };
  if (scope === null) return new PolicyEffects({ ...facts, none: null, effects: [], together: null });

  const folds = images.folds(scope.folds, { seed });
  const arms = scope.tried.map((policy) => policyArm(policy, scope, images));
  const alone = await ablate(images, folds, policyArm(null, scope, images), arms, { seed });
  const effects = alone.effects.map((one, i): PolicyEffect => ({
    ...one,
    policy: scope.tried[i],
    words: inWords(scope.tried[i]),
    mixedUp: mixedUp(alone.base, one, images),
  }));
  const together = await trainedTogether(images, folds, scope, alone);
  const effect = together && togetherEffect(together, alone.base, images, seed);
  return new PolicyEffects({ ...facts, none: alone.base, effects, together: effect });
}

function togetherEffect(
  { policy, byFold, runs }: TrainedTogether,
  none: MeasuredArm,
  images: Dataset,
  seed: number,
): TogetherEffect {
  const trained = predictionsOf(runs, images);
  const said = predictedClasses(none.probabilities, images.classes.length);
  const unchanged: Scored = {
    name: none.arm.name,
    images: none.images,
    correct: none.images.map((image, i) => said[i] === images.records[image].label),
    folds: trained.folds,
  };
  const { b, difference, told } = compare(unchanged, trained, images, { seed });
  return {
    policy,
    words: inWords(policy),
    byFold,
    accuracy: b,
    difference,
    told,
    images: trained.images,
    probabilities: trained.probabilities,
    seconds: runs.reduce((sum, run) => sum + run.seconds, 0) / runs.length,
  };
}
