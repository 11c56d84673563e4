import type { Dataset, Fold } from "../../dataset/mod.ts";
import { smallCnn } from "../../model/mod.ts";
import type { Plan } from "../../train/mod.ts";
import { type Learner, networkFromNothing } from "./learner.ts";
import { moreData } from "./more_data.ts";
import { NotDone } from "./not_done.ts";
import { checkWithReserve, type ReserveCheck } from "./reserve_check.ts";
import { type MoreDataScope, NETWORK_SHARES } from "./scope.ts";
import { SizeCurve } from "./size_curve.ts";

/**
 * Accuracy against number of training images of the small CNN, trained as everywhere else, where there is time. With all
 * images it is the cross-validation of notebook 06, whose runs are found again.
 *
 * @param folds `images.folds(plan.folds, { seed })`
 * @throws Interrupted when the person stopped it; finished runs are kept.
 */
export async function moreDataForNetwork(
  images: Dataset,
  folds: readonly Fold[],
  plan: Plan,
  { networkDraws }: Pick<MoreDataScope, "networkDraws">,
  { seed = 1 }: { readonly seed?: number } = {},
): Promise<SizeCurve | NotDone> {
  if (networkDraws === 0) {
    return new NotDone({
      code: "more-data-network-left-out",
      sentence: "There was no time to train the small CNN on six sizes of training set.",
      remedy: "Give the report more time, as with --budget 1h.",
    });
  }
  return await moreData(images, folds, {
    learner: learner(plan, seed),
    draws: networkDraws,
    shares: NETWORK_SHARES,
    seed,
  });
}

/**
 * What `checkWithReserve` does, with the small CNN, where there is time.
 *
 * @param curve That of {@link moreDataForNetwork}.
 * @throws Interrupted when the person stopped it; finished runs are kept.
 */
export async function checkNetworkWithReserve(
  images: Dataset,
  folds: readonly Fold[],
  curve: SizeCurve | NotDone,
  plan: Plan,
  { networkReserve }: Pick<MoreDataScope, "networkReserve">,
  { seed = 1 }: { readonly seed?: number } = {},
): Promise<ReserveCheck | NotDone> {
  const ways = networkReserve ? ["styles", "emoji"] as const : [];
  if (curve instanceof SizeCurve) {
    return await checkWithReserve(images, folds, curve, { learner: learner(plan, seed), seed, ways });
  }
  return new NotDone({
    code: "more-data-network-left-out",
    sentence: "Without a curve of the small CNN there is no prediction of it to be checked.",
    remedy: "Give the report more time, as with --thorough.",
  });
}

function learner(plan: Plan, seed: number): Learner {
  return networkFromNothing(smallCnn(), plan.careful(seed));
}
