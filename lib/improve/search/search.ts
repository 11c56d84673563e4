import type { Dataset, Fold } from "../../dataset/mod.ts";
import { compare, predictedClasses, type PredictingRun, type Predictions } from "../../diagnose/mod.ts";
import { fitAll, type Plan } from "../../train/mod.ts";
import { corrected } from "./_correction.ts";
import { chooseDesign, type Design, wholeDesign, type Workload } from "./_design.ts";
import { innerSplits } from "./_inner_splits.ts";
import { race } from "./_race.ts";
import { draw } from "./draw.ts";
import { Search } from "./found.ts";
import { trialRecipe } from "./recipe.ts";
import { AS_IT_IS, type SearchSpace } from "./space.ts";
import type { Evaluate, Settings, TrialJob, TrialOutcome } from "./types.ts";

/** What is searched, and how. */
export interface SearchOptions {
  /** Where to look: `searchSpace()` makes one of a verdict. */
  readonly space: SearchSpace;
  /** Runs of training without a search, one per fold of `images.folds(plan.folds, { seed })`: what the winner must beat. */
  readonly against: readonly (PredictingRun & { readonly fold: Fold })[];
  /** 1 unless given. Of the folds, the draws and every training. */
  readonly seed?: number;
  /** Trains trials; by default through the experiment store, in parallel, so that what was interrupted goes on. */
  readonly evaluate?: Evaluate;
  /** How much to search; by default what the plan has time for. */
  readonly design?: Design;
}

/** What of the time for tuning the search may take; the rest is for learning rates and levers one by one. */
const SHARE = 0.55;

/**
 * Searches for better settings of the small CNN: random draws from the space, successive halving, and pruning of trials
 * whose curves leave no hope. The first trial is training as it is, so that the search can say that nothing is better.
 *
 * What is chosen is never measured on the images that it was chosen on: for each fold, a race without that fold's images
 * chooses, and what it chose is trained in full and measured on the fold (nested cross-validation). The score with which
 * the winner of all images won is shown beside what is left of it with the choice accounted for.
 *
 * @returns A search that was not run, and says so, where the plan has no time for it.
 * @throws Interrupted when the person stopped it; finished runs are kept.
 * @throws ExperimentsFailed where a trial could not be trained.
 */
export async function search(
  images: Dataset,
  plan: Pick<Plan, "careful" | "folds" | "trainings">,
  options: SearchOptions,
): Promise<Search> {
  const { space, against, seed = 1 } = options;
  const { epochs: usual = 60, mostImages } = plan.careful(seed);
  const base = { seed, ...(mostImages === undefined ? {} : { mostImages }) };
  const folds = images.folds(plan.folds, { seed });
  const inner = innerSplits(images, folds);
  const work = workload(space, folds, inner.splits, Math.round(usual * space.time), mostImages);
  const design = options.design ?? chooseDesign(plan, work, SHARE);
  const whole = wholeDesign(work);
  const measurable = inner.races.every((looks) => looks.some((look) => look.images.length > 0)) &&
    inner.splits.every(({ train }) => train.length > 0);
  if (design === null || !measurable) return new Search({ space, images, whole, design, found: null });

  const trials = trialsOf(space, design.rungs[0].trials, seed);
  const evaluate = options.evaluate ?? throughStore(images, base);
  const raced = await race(trials, inner, design.rungs, evaluate, {
    labelOf: (image) => images.records[image].label,
    classes: images.classes.length,
    epochs: design.epochs || design.rungs[design.rungs.length - 1].epochs,
  });
  const final = design.epochs === 0 ? null : await evaluate(folds.map((fold, j): TrialJob => ({
    settings: trials[raced.winners[j]],
    epochs: design.epochs,
    fold,
    label: `chosen settings, fold ${j + 1} of ${folds.length}`,
  })));
  const nested = final && predictionsOver(images, folds, final);
  return new Search({
    space,
    images,
    whole,
    design,
    found: {
      raced,
      ...corrected(raced.tried, raced.winner, raced.measured, images, seed),
      nested,
      comparison: nested && compare(against, nested, images, { names: ["so far", "tuned"], seed }),
      seconds: final === null ? 0 : final.reduce((sum, one) => sum + one.seconds, 0) / folds.length,
      fitted: trialRecipe(trials[raced.winner], design.epochs || design.rungs[0].epochs, base),
      seed,
    },
  });
}

/** Training as it is, then random draws. */
export function trialsOf({ parameters }: SearchSpace, count: number, seed: number): Settings[] {
  const asItIs = Object.fromEntries(parameters.map(({ name }) => [name, AS_IT_IS[name]]));
  return [asItIs, ...draw(parameters, count - 1, seed)];
}

/** Trains through the experiment store, so that nothing is trained twice and a killed search goes on where it was. */
function throughStore(images: Dataset, base: { readonly seed: number; readonly mostImages?: number }): Evaluate {
  return async (jobs) => {
    const runs = await fitAll(
      images,
      jobs.map(({ settings, epochs, fold, label }) => ({ ...trialRecipe(settings, epochs, base), fold, label })),
    );
    return runs.map(({ probabilities, history, seconds }) => ({
      probabilities,
      losses: history.map(({ loss }) => loss),
      seconds,
    }));
  };
}

/** What a step takes grows with the width, by less than its square: the first layers move more data than they multiply. */
const EFFORT_OF_WIDTH = 1.5;

function workload(
  space: SearchSpace,
  folds: readonly Fold[],
  splits: readonly Fold[],
  epochs: number,
  mostImages = Infinity,
): Workload {
  const size = (list: readonly Fold[]) => {
    const mean = (of: (fold: Fold) => number) =>
      Math.round(list.reduce((sum, fold) => sum + of(fold), 0) / list.length);
    return {
      trained: Math.min(mostImages, mean(({ train }) => train.length)),
      measured: Math.min(mostImages, mean(({ validation }) => validation.length)),
    };
  };
  const width = space.parameters.find(({ name }) => name === "width");
  const widths = width?.kind === "choice" ? width.values.map(Number) : [1];
  const effort = widths.reduce((sum, one) => sum + one ** EFFORT_OF_WIDTH, 0) / widths.length;
  return { outer: size(folds), inner: size(splits), splits: splits.length, folds: folds.length, epochs, effort };
}

function predictionsOver(images: Dataset, folds: readonly Fold[], outcomes: readonly TrialOutcome[]): Predictions {
  const all = folds.flatMap(({ validation }) => validation);
  const probabilities = new Float32Array(all.length * images.classes.length);
  let at = 0;
  for (const one of outcomes) {
    probabilities.set(one.probabilities, at);
    at += one.probabilities.length;
  }
  const said = predictedClasses(probabilities, images.classes.length);
  return {
    name: "small-cnn, tuned",
    images: all,
    probabilities,
    correct: all.map((image, i) => said[i] === images.records[image].label),
    folds: folds.length,
    foldOf: folds.flatMap(({ validation }, j) => validation.map(() => j)),
  };
}
