import type { Dataset, Fold } from "../../dataset/mod.ts";
import { finding } from "../../diagnose/mod.ts";
import { type FindingRecord, FindingView } from "../../display/mod.ts";
import { threadCnn } from "../../model/mod.ts";
import { type Experiment, fitAll, type Plan } from "../../train/mod.ts";
import { RateMap } from "./rate_map.ts";
import { fitting } from "./_time.ts";

/** The setting of the question: all others of the map are reached from it by scaling. */
export const ASKED = { batchSize: 4, learningRate: 0.001 } as const;

/** Of the time for tuning. */
const SHARE = 0.25;
/** Of the training part of a fold, what the map is measured on. */
const INNER = 1 / 3;
/** Small batches take more steps, each with its own overhead: seconds of an epoch, in those of batches of 32. */
const COST: Readonly<Record<number, number>> = { 4: 2.2, 8: 1.6, 16: 1.3 };

interface Grid {
  readonly batchSizes: readonly number[];
  readonly rates: readonly number[];
  readonly epochs: number;
}

/**
 * Trains the thread's CNN with several batch sizes at several learning rates, for equally many epochs, as the question
 * does: without variation, from the same initial weights. Measured is on images set aside of the training part of one
 * fold, so that those the report measures with have no say in what is chosen here.
 *
 * Rates go up by the same factors as batch sizes, so that wherever one leads by linear scaling is in the map.
 *
 * @returns The map; findings alone where the plan has no time for it, or classes are too small to set images aside.
 * @throws Interrupted when the person stopped it; finished runs are kept.
 *
 * Goyal et al. (2017), Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour. arXiv:1706.02677.
 */
export async function sweep(
  images: Dataset,
  plan: Pick<Plan, "trainings" | "folds" | "epochs" | "mostImages" | "budget">,
  { seed = 1 }: { readonly seed?: number } = {},
): Promise<RateMap | FindingView> {
  const fold = innerFold(images, plan.folds, seed);
  if (fold === null) return new FindingView([notRun("classes have too few images to set any aside")]);
  const cap = plan.mostImages ?? Infinity;
  const fits = ({ batchSizes, rates, epochs }: Grid) =>
    fitting(plan, SHARE, {
      model: "thread",
      epochs,
      trained: Math.min(cap, fold.train.length),
      measured: Math.min(cap, fold.validation.length),
      count: Math.ceil(rates.length * batchSizes.reduce((sum, size) => sum + (COST[size] ?? 1), 0)),
    });
  const all = grids(plan.epochs(20));
  const grid = all.find(fits);
  if (grid === undefined) return new FindingView([notRun(`there is no time for it within ${plan.budget}`)]);

  const cells = grid.batchSizes.flatMap((batchSize) => grid.rates.map((learningRate) => ({ batchSize, learningRate })));
  const list = cells.map((cell): Experiment => ({
    model: threadCnn(),
    fold,
    config: {
      ...cell,
      epochs: grid.epochs,
      seed,
      ...(plan.mostImages === null ? {} : { mostImages: plan.mostImages }),
    },
    label: `batches of ${cell.batchSize} at ${cell.learningRate}`,
  }));
  // The smallest batches, which take longest, come first: the last to end would else be waited for alone.
  const runs = await fitAll(images, list);
  return new RateMap(runs, images, {
    epochs: grid.epochs,
    asked: ASKED,
    seed,
    notes: grid === all[0] ? [] : [cut(grid, plan.budget)],
  });
}

/** Largest first. */
function grids(epochs: number): Grid[] {
  const rates = (factors: readonly number[]) =>
    factors.map((factor) => Number((ASKED.learningRate * factor).toPrecision(6)));
  const few = Math.min(epochs, 6), fewest = Math.min(epochs, 4);
  return [
    { batchSizes: [4, 8, 16, 32, 64, 128], rates: rates([1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32]), epochs },
    { batchSizes: [4, 16, 32, 128], rates: rates([1 / 4, 1, 4, 8, 32]), epochs: Math.min(epochs, 10) },
    { batchSizes: [4, 32, 128], rates: rates([1 / 4, 1, 8, 32]), epochs: few },
    // Rather a lower rate, which may be better, than a higher one, at which nothing can be expected.
    { batchSizes: [4, 32, 128], rates: rates([1 / 4, 1, 8]), epochs: few },
    { batchSizes: [4, 32, 128], rates: rates([1 / 4, 1, 8]), epochs: fewest },
  ];
}

/** Of the first fold, its training part in two; null where it gives nothing to measure on. */
function innerFold(images: Dataset, folds: number, seed: number): Fold | null {
  const [fold] = images.folds(folds, { seed });
  const validation = images.innerPart(fold, { share: INNER });
  const held = new Set(validation);
  return validation.length === 0 ? null : { ...fold, train: fold.train.filter((i) => !held.has(i)), validation };
}

const REMEDY = "For more certainty give it more time, as with --budget 1h; --thorough has no limit.";

function notRun(why: string): FindingRecord {
  return finding({
    code: "budget-cut",
    severity: "info",
    sentence: `Not run: batch sizes and learning rates are not tried together, ${why}.`,
    remedy: REMEDY,
  });
}

function cut({ batchSizes, rates, epochs }: Grid, budget: string): FindingRecord {
  return finding({
    code: "budget-cut",
    severity: "info",
    sentence:
      `To fit into ${budget}, ${batchSizes.length} batch sizes were tried at ${rates.length} learning rates, for ` +
      `${epochs} epochs each, once.`,
    remedy: REMEDY,
  });
}
