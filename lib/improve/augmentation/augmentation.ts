import { type AugmentationPolicy, inWords } from "../../augment/mod.ts";
import type { Dataset } from "../../dataset/mod.ts";
import { compare, predictionsOf } from "../../diagnose/mod.ts";
import { holm } from "../../stats/mod.ts";
import type { Plan, Run } from "../../train/mod.ts";
import { type Trained, trainedAlone, trainedTogether } from "./_arms.ts";
import { chooseScope, USUAL } from "./_scope.ts";
import { mixedUp } from "./_mixed_up.ts";
import { type Effect, PolicyEffects, type TogetherEffect } from "./policy_effects.ts";

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
  const alone = await trainedAlone(images, folds, scope);
  const [none, ...others] = alone;
  const against = (one: Trained, name: string) =>
    compare(none.runs, one.runs, images, { names: ["unchanged images", name], seed });
  const compared = others.map((one) => against(one, inWords(one.policy!)));
  const ps = holm(compared.map(({ test }) => test.p));
  const effects = others.map((one, i): Effect => {
    const { b, difference } = compared[i];
    return {
      policy: one.policy!,
      words: inWords(one.policy!),
      accuracy: b,
      difference,
      p: ps[i],
      told: ps[i] >= 0.05 ? "no" : difference.estimate > 0 ? "helps" : "harms",
      mixedUp: mixedUp(none.runs, one.runs, images),
      ...outcome(one.runs, images),
    };
  });
  const trained = scope.tried.length < 2 ? null : await trainedTogether(images, folds, scope, alone);
  let together: TogetherEffect | null = null;
  if (trained) {
    const { b, difference, told } = against(trained, "all together that helped");
    const { policy, byFold, runs } = trained;
    together = { policy, byFold, accuracy: b, difference, told, words: inWords(policy), ...outcome(runs, images) };
  }
  const accuracy = compared[0].a;
  return new PolicyEffects({ ...facts, none: { accuracy, ...outcome(none.runs, images) }, effects, together });
}

function outcome(runs: readonly Run[], images: Dataset) {
  const { images: measured, probabilities } = predictionsOf(runs, images);
  return {
    measured,
    probabilities,
    seconds: runs.reduce((sum, run) => sum + run.seconds, 0) / runs.length,
  };
}
