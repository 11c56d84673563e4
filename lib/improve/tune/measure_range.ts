import type { Dataset } from "../../dataset/mod.ts";
import { finding } from "../../diagnose/mod.ts";
import { FindingView } from "../../display/mod.ts";
import { smallCnn } from "../../model/mod.ts";
import { type Experiment, fitAll, type Plan, type Run } from "../../train/mod.ts";
import { RangeTest } from "./rate_range.ts";
import { fitting } from "./_time.ts";

/** The rates that are gone through. */
const FROM = 1e-5, TO = 1;
/** Steps that are enough to see where the loss falls: some twenty for each power of ten. */
const STEPS = 100;
/** Other initial weights and other orders of the images: one start alone can be luck. */
const STARTS = 3;
/** Of the time for tuning. */
const SHARE = 0.08;

/**
 * Trains the small CNN for some hundred steps while the learning rate rises from 0.00001 to 1, from a few starts: the
 * loss stays while rates are too small to matter, falls where they work, and rises where steps jump out of the valley.
 * Only losses in training are looked at, on the training part of one fold, so nothing is chosen by images that measure.
 *
 * @returns The test; findings alone where the plan has no time for it.
 * @throws Interrupted when the person stopped it; finished runs are kept.
 *
 * Smith (2017), Cyclical Learning Rates for Training Neural Networks. WACV, 464–472.
 */
export async function rangeTest(
  images: Dataset,
  plan: Pick<Plan, "trainings" | "folds" | "careful" | "budget">,
  { seed = 1 }: { readonly seed?: number } = {},
): Promise<RangeTest | FindingView> {
  const { augmentation, batchSize = 32, learningRate = 0.001 } = plan.careful(seed);
  const [fold] = images.folds(plan.folds, { seed });
  const mostImages = STEPS * batchSize;
  const trained = Math.min(mostImages, fold.train.length);
  const epochs = Math.ceil(STEPS / Math.ceil(trained / batchSize));
  const measured = Math.min(mostImages, fold.validation.length);
  const wanted = (count: number) => ({ model: "small", epochs, trained, measured, count }) as const;
  const starts = [STARTS, 2, 1].find((count) => fitting(plan, SHARE, wanted(count)));
  if (starts === undefined) {
    return new FindingView([finding({
      code: "budget-cut",
      severity: "info",
      sentence: `Not run: there is no time within ${plan.budget} to test a range of learning rates.`,
      remedy: "For more certainty give it more time, as with --budget 1h; --thorough has no limit.",
    })]);
  }
  const list = Array.from({ length: starts }, (_, i): Experiment => ({
    model: smallCnn(),
    fold,
    config: {
      epochs,
      batchSize,
      augmentation,
      learningRate: FROM,
      schedule: { kind: "range", to: TO },
      seed: seed + i,
      ...(mostImages < fold.train.length ? { mostImages } : {}),
    },
    label: `start ${i + 1} of ${starts}`,
  }));
  const runs = await fitAll(images, list);
  return new RangeTest(runs.map((run) => stepsOf(run, trained, batchSize)), { batchSize, used: learningRate });
}

/** Rates and losses, step by step. Where training broke off, they end. */
function stepsOf({ history, config }: Run, images: number, batchSize: number) {
  const losses = history.flatMap(({ stepLosses }) => stepLosses ?? []);
  const { epochs, learningRate } = config;
  // As the loop has them: each step at the middle of its images, of all that are shown.
  const rates = Array.from(
    { length: epochs },
    (_, epoch) =>
      Array.from({ length: Math.ceil(images / batchSize) }, (_, step) => {
        const rows = Math.min(batchSize, images - step * batchSize);
        return learningRate * (TO / learningRate) ** ((epoch + (step * batchSize + rows / 2) / images) / epochs);
      }),
  ).flat();
  const finite = losses.findIndex((loss) => !Number.isFinite(loss));
  const n = finite < 0 ? losses.length : finite;
  return { rates: rates.slice(0, n), losses: losses.slice(0, n) };
}
