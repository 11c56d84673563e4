import type { Dataset } from "../../dataset/mod.ts";
import { type FindingRecord, FindingView, formatSeconds } from "../../display/mod.ts";
import { finding } from "../../diagnose/mod.ts";
import type { Plan } from "../../train/mod.ts";
import type { Way } from "./reserve_check.ts";

/** What there is time for of the questions about more images. Displays itself as what was cut. */
export class MoreDataScope extends FindingView {
  /** Draws of each size with frozen features. */
  readonly draws: number;
  /** What of the sample's reserve is added; empty where there is no time for it. */
  readonly ways: readonly Way[];
  /** Draws of each size with the small CNN; 0 where its trainings take too long. */
  readonly networkDraws: number;
  /** Whether the small CNN is trained with the reserve, too. */
  readonly networkReserve: boolean;

  constructor(scope: Pick<MoreDataScope, "draws" | "ways" | "networkDraws" | "networkReserve">, cuts: FindingRecord[]) {
    super(cuts);
    this.draws = scope.draws;
    this.ways = scope.ways;
    this.networkDraws = scope.networkDraws;
    this.networkReserve = scope.networkReserve;
  }
}

/** Six sizes, from an eighth to the whole: each costs a network as much as its images. */
export const NETWORK_SHARES: readonly number[] = [5, 4, 3, 2, 1, 0].map((step) => 8 ** (-step / 5));

/** Seconds that parts take on an ordinary machine with 750 images. */
const SECONDS = { fourDraws: 15, reserve: 25, all: 100 } as const;

/** Draws that are enough for a network, where time is no matter. */
const NETWORK_DRAWS = 2;

/** What the plan leaves time for. */
export function moreDataScope(images: Pick<Dataset, "development">, plan: Plan): MoreDataScope {
  const seconds = plan.seconds("more data");
  // Logistic regression takes as long as the square of the images, and few of them next to nothing.
  const draws = seconds >= SECONDS.fourDraws * Math.min(1, (images.development.length / 750) ** 2) ? 4 : 2;
  const ways: readonly Way[] = seconds >= SECONDS.all
    ? ["styles", "emoji", "styles-alike", "both"]
    : seconds >= SECONDS.reserve
    ? ["styles", "emoji", "styles-alike"]
    : [];
  const n = images.development.length;
  const trained = (1 - 1 / plan.folds) * n;
  const shareOfWhole = NETWORK_SHARES.slice(0, -1).reduce((sum, share) => sum + share, 0);
  const wholes = (draws: number) => Math.ceil(draws * shareOfWhole * plan.folds);
  const possible = plan.trainings("more data", {
    model: "small",
    epochs: plan.careful(1).epochs!,
    trained,
    measured: n / plan.folds,
    count: 10 * plan.folds,
  });
  // Where every training is cut to so many images, larger parts would be none.
  const networkDraws = plan.mostImages !== null
    ? 0
    : [NETWORK_DRAWS, 1].find((draws) => wholes(draws) <= possible) ?? 0;
  const networkReserve = networkDraws > 0 && ways.length > 0 && wholes(NETWORK_DRAWS) + 4 * plan.folds <= possible;
  const cuts = [
    ...(draws < 4 ? ["two draws of each size instead of four"] : []),
    ...(ways.length === 0 ? ["no images are really added where there is a reserve, as of the sample"] : []),
    ...(networkDraws === 0 ? ["no curve for the small CNN, only for frozen features"] : []),
  ];
  return new MoreDataScope(
    { draws, ways, networkDraws, networkReserve },
    cuts.length === 0 ? [] : [finding({
      code: "budget-cut",
      severity: "info",
      sentence: `In the ${formatSeconds(Math.round(seconds))} that this part may take: ${cuts.join("; ")}.`,
      remedy: "For all of it give the report more time; --thorough has no limit.",
    })],
  );
}
