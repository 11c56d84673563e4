import { RandomForestRegression } from "ml-random-forest";
import { Random } from "../../stats/mod.ts";
import { draw } from "./draw.ts";
import type { Parameter, Setting, Settings } from "./types.ts";

/** How much a hyperparameter alone decides. */
export interface Importance {
  readonly name: string;
  readonly label: string;
  /** Share of the scores' variance over the space that it explains alone, by the mean over the trees. */
  readonly share: number;
  /** The middle 80 % of the trees, each grown on another draw of the trials. */
  readonly low: number;
  readonly high: number;
  /** The chance that so large a share comes up where scores have nothing to do with settings. */
  readonly p: number;
  /** Accuracy that the forest expects at each of some values, averaged over all else; the best last. */
  readonly effects: readonly { readonly value: Setting; readonly score: number }[];
}

/** What of a search's scores the settings explain. */
export interface Importances {
  /** The most important first. */
  readonly rows: readonly Importance[];
  readonly trials: number;
  /**
   * Share of the variance that the forest predicts for trials that a tree has not seen; at or below 0 where it
   * predicts nothing.
   */
  readonly explained: number;
  /** Whether any share is more than chance makes, at 5 % over all of them together. */
  readonly told: boolean;
}

/** Below this, a forest is a list of the trials and no more. */
export const FEWEST_TRIALS = 8;

const TREES = 32;
const VALUES = 6;
const BACKGROUND = 16;
/** With 39 shuffles, none of which comes near, the chance is 1 in 40. */
const SHUFFLES = 39;

/**
 * Fits a random forest to the scores of trials and asks it how much of their variance over the space each hyperparameter
 * explains alone: the first-order marginals of a functional ANOVA, averaged over random settings of all else. What can
 * come of chance is seen by shuffling the scores and doing the same again; the largest share of each shuffle counts, so
 * that many hyperparameters do not make one of them look important.
 *
 * @param settings [n]
 * @param scores [n] Accuracies, all measured alike.
 * @returns null with fewer than 8 trials, or where all score the same.
 *
 * Hutter, Hoos and Leyton-Brown (2014), An efficient approach for assessing hyperparameter importance. ICML 2014,
 * 754–762. Altmann et al. (2010), Permutation importance: a corrected feature importance measure. Bioinformatics 26,
 * 1340–1347.
 */
export function importances(
  parameters: readonly Parameter[],
  settings: readonly Settings[],
  scores: readonly number[],
  seed: number,
): Importances | null {
  if (settings.length < FEWEST_TRIALS || new Set(scores).size < 2) return null;
  const searched = parameters.filter(({ name }) => new Set(settings.map((one) => one[name])).size > 1);
  const columns = searched.map(columnsOf);
  const encode = (one: Settings) => columns.flatMap((column) => column.encode(one));
  const rows = settings.map(encode);
  // A grid of values for each parameter, every one in front of the same background of random settings.
  const background = draw(parameters, BACKGROUND, `${seed}/background`);
  const backgroundRows = background.map(encode);
  const grids = searched.map((parameter) =>
    valuesOf(parameter).map((value) => ({
      value,
      rows: background.map((one) => encode({ ...one, [parameter.name]: value })),
    }))
  );
  const fitted = (ys: readonly number[]) => {
    const forest = grow(rows, ys, seed);
    return { forest, marginals: grids.map((grid) => grid.map((at) => byTree(forest, at.rows))) };
  };
  const { forest, marginals } = fitted(scores);
  const over = byTreeVariance(forest, backgroundRows);
  const shares = marginals.map((of) => sharesOf(of, over));

  const random = new Random(`${seed}/importance`);
  const largest = Array.from({ length: SHUFFLES }, () => {
    const shuffled = fitted(random.shuffled(scores));
    const all = byTreeVariance(shuffled.forest, backgroundRows);
    return Math.max(...shuffled.marginals.map((of) => mean(sharesOf(of, all))));
  });
  const list = searched.map((parameter, p): Importance => {
    const sorted = shares[p].toSorted((a, b) => a - b);
    const share = mean(sorted);
    return {
      name: parameter.name,
      label: parameter.label,
      share,
      low: Math.min(share, sorted[Math.floor(0.1 * sorted.length)]),
      high: Math.max(share, sorted[Math.ceil(0.9 * sorted.length) - 1]),
      p: (1 + largest.filter((one) => one >= share).length) / (1 + SHUFFLES),
      effects: grids[p].map(({ value }, v) => ({ value, score: mean(marginals[p][v]) }))
        .toSorted((a, b) => a.score - b.score),
    };
  });
  return {
    rows: list.toSorted((a, b) => b.share - a.share),
    trials: settings.length,
    explained: explainedOutOfBag(forest, scores),
    told: list.some(({ p }) => p <= 0.05),
  };
}

type Forest = InstanceType<typeof RandomForestRegression>;

function grow(rows: number[][], scores: readonly number[], seed: number): Forest {
  const forest = new RandomForestRegression({
    seed,
    nEstimators: TREES,
    // Each tree sees a part of the columns, so that a weak parameter is not always hidden behind a strong one.
    maxFeatures: 0.7,
    replacement: false,
    useSampleBagging: true,
    treeOptions: { minNumSamples: 3, maxDepth: 6 },
  });
  forest.train(rows, [...scores]);
  return forest;
}

/** The mean prediction over `rows`, tree by tree. */
function byTree(forest: Forest, rows: number[][]): number[] {
  return treesOf(forest, rows).map(mean);
}

function byTreeVariance(forest: Forest, rows: number[][]): number[] {
  return treesOf(forest, rows).map(variance);
}

/** [trees][rows] */
function treesOf(forest: Forest, rows: number[][]): number[][] {
  const values = (forest as unknown as { predictionValues(rows: number[][]): { getColumn(tree: number): number[] } })
    .predictionValues(rows);
  return Array.from({ length: TREES }, (_, tree) => values.getColumn(tree));
}

/** Per tree, the variance of the marginal over its grid as a share of all variance; 0 for a tree that has only a root. */
function sharesOf(marginal: readonly (readonly number[])[], all: readonly number[]): number[] {
  return all.map((whole, tree) =>
    whole < 1e-12 ? 0 : Math.min(1, variance(marginal.map((means) => means[tree])) / whole)
  );
}

function explainedOutOfBag(forest: Forest, scores: readonly number[]): number {
  const said = forest.predictOOB().map(Number);
  const known = [...scores.keys()].filter((i) => Number.isFinite(said[i]));
  const level = mean(known.map((i) => scores[i]));
  const left = known.reduce((sum, i) => sum + (scores[i] - said[i]) ** 2, 0);
  return 1 - left / known.reduce((sum, i) => sum + (scores[i] - level) ** 2, 0);
}

/** Numbers are one column, logarithmic where the space is; names have one each. */
function columnsOf(parameter: Parameter): { encode: (settings: Settings) => number[] } {
  const { name } = parameter;
  if (parameter.kind === "log") return { encode: (settings) => [Math.log10(Number(settings[name]))] };
  const { values } = parameter;
  if (values.every((value) => typeof value === "number")) {
    return { encode: (settings) => [Number(settings[name])] };
  }
  return { encode: (settings) => values.map((value) => Number(settings[name] === value)) };
}

function valuesOf(parameter: Parameter): readonly Setting[] {
  if (parameter.kind === "choice") return parameter.values;
  const { low, high } = parameter;
  return Array.from(
    { length: VALUES },
    (_, i) => Number((low * (high / low) ** (i / (VALUES - 1))).toPrecision(2)),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const level = mean(values);
  return values.reduce((sum, value) => sum + (value - level) ** 2, 0) / values.length;
}
