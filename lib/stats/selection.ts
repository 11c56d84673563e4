import { checkLevel } from "./_checks.ts";
import { correctedInterval, type FoldSizes } from "./corrected_resampled.ts";
import { type GroupKey, units } from "./_groups.ts";
import { mean } from "./_moments.ts";
import { quantileOfSorted } from "./_quantile.ts";
import { StatsError } from "./errors.ts";
import type { Interval } from "./interval.ts";
import { Random } from "./random.ts";

/** Several configurations on the same images. */
export interface SelectionOptions {
  /** [C, n] Out-of-fold: whether each configuration classified each image right when it was not trained on it. */
  readonly correct: readonly (readonly boolean[])[];
  /** [n] The group of each image, where images come in groups. */
  readonly groups?: readonly GroupKey[];
  /** Confidence level, 0.95 unless given. */
  readonly level?: number;
  /** 1 unless given. */
  readonly seed?: number | string;
  /** Bootstrap samples, 2,000 unless given. */
  readonly resamples?: number;
}

/** The best of several, and what it is worth. */
export interface Selection {
  /** Index of the configuration with the highest accuracy, the first of equals. */
  readonly chosen: number;
  /** Its own accuracy: too high, since it was chosen for it. */
  readonly winning: number;
  /** The accuracy to expect of it, with the choice accounted for. */
  readonly accuracy: Interval;
}

/**
 * Chooses the best of several configurations by cross-validation and says what accuracy to expect of it: the bootstrap
 * bias correction (BBC-CV). Each resample of the images (whole groups where given) makes the choice anew and measures
 * the chosen one on the images that were not drawn.
 *
 * Nothing is trained again, so it costs next to nothing. Its estimate errs a little to the low side.
 *
 * @throws {StatsError} Without configurations, on unequal lengths, or with fewer than 2 images or groups.
 *
 * Tsamardinos, Greasidou and Borboudakis (2018), Bootstrapping the out-of-sample predictions for efficient and accurate
 * cross-validation. Machine Learning 107, 1895–1922, algorithm 5.
 */
export function selectBest(options: SelectionOptions): Selection {
  const { correct, groups, level = 0.95, seed = 1, resamples = 2000 } = options;
  checkLevel(level);
  if (correct.length === 0) throw new StatsError("Cannot choose: at least 1 configuration is needed, there are 0");
  const n = correct[0].length;
  const lengths = [...correct.map((row) => row.length), ...(groups === undefined ? [] : [groups.length])];
  const other = lengths.find((length) => length !== n);
  if (other !== undefined) throw new StatsError(`Cannot choose: all need the same images, found ${n} and ${other}`);
  const drawn = units(n, groups);
  if (drawn.length < 2) {
    throw new StatsError(`Cannot choose: at least 2 images or groups are needed, there are ${drawn.length}`);
  }
  const counts = drawn.map((unit) => unit.length);
  const right = correct.map((row) => drawn.map((unit) => unit.reduce((sum, index) => sum + Number(row[index]), 0)));

  const random = new Random(`${seed}/selection`);
  const values: number[] = [];
  const times = new Int32Array(drawn.length);
  for (let resample = 0; resample < resamples; resample++) {
    times.fill(0);
    for (let draw = 0; draw < drawn.length; draw++) times[random.integer(drawn.length)]++;
    const best = highest(right.map((row) => row.reduce((sum, hits, unit) => sum + hits * times[unit], 0)));
    let hits = 0, images = 0;
    times.forEach((time, unit) => {
      if (time > 0) return;
      hits += right[best][unit];
      images += counts[unit];
    });
    if (images > 0) values.push(hits / images);
  }
  const sorted = Float64Array.from(values).sort();
  const chosen = highest(right.map((row) => row.reduce((sum, hits) => sum + hits, 0)));
  return {
    chosen,
    winning: right[chosen].reduce((sum, hits) => sum + hits, 0) / n,
    accuracy: {
      estimate: mean(values),
      low: quantileOfSorted(sorted, (1 - level) / 2),
      high: quantileOfSorted(sorted, (1 + level) / 2),
      level,
      method: `bootstrap bias correction over ${groups === undefined ? "images" : "groups"}`,
      n,
      ...(groups === undefined ? {} : { groups: drawn.length }),
    },
  };
}

/** Scores of nested cross-validation. */
export interface NestedOptions extends FoldSizes {
  /** [J, C] Per outer fold, the score of each configuration over the inner folds. */
  readonly inner: readonly (readonly number[])[];
  /** [J] or [J, C] Per outer fold, the score on its test part: of the configuration chosen, or of every one. */
  readonly outer: readonly (number | readonly number[])[];
  /** Number of images over all outer test parts. */
  readonly n: number;
  /** Confidence level, 0.95 unless given. */
  readonly level?: number;
}

/**
 * What to expect of choosing by inner cross-validation: the choice is made in each outer fold by the inner scores alone
 * and measured on the outer test part.
 *
 * @returns What each outer fold chose (the first of equals), and the interval of the score over the outer folds.
 * @throws {StatsError} On fewer than 2 outer folds, or unequal lengths.
 *
 * Varma and Simon (2006), Bias in error estimation when using cross-validation for model selection. BMC Bioinformatics
 * 7, 91.
 */
export function nestedSelection(
  { inner, outer, train, test, n, level = 0.95 }: NestedOptions,
): { readonly chosen: number[]; readonly score: Interval } {
  if (inner.length !== outer.length) {
    throw new StatsError(`Cannot choose: ${inner.length} outer folds have inner scores, ${outer.length} outer ones`);
  }
  const chosen = inner.map(highest);
  const scores = outer.map((score, fold) => typeof score === "number" ? score : score[chosen[fold]]);
  if (scores.some((score) => score === undefined)) {
    throw new StatsError("Cannot choose: every outer fold needs a score for the configuration that it chose");
  }
  return { chosen, score: correctedInterval(scores, { train, test, n, level }) };
}

/** Index of the largest value, the first of equals. */
function highest(values: readonly number[]): number {
  return values.reduce((best, value, index) => value > values[best] ? index : best, 0);
}
