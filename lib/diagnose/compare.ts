import { type Figure, type FindingRecord, FindingView, formatInterval } from "../display/mod.ts";
import { type Interval, minimumDetectableDifference } from "../stats/mod.ts";
import { DiagnosisError } from "./errors.ts";
import { finding } from "./finding.ts";
import type { LabelledImages } from "./images.ts";
import { accuracyOf, differenceOf, type DifferenceTest, repeatedDifferenceOf } from "./_measured.ts";
import { aligned, type Scored, scored, type ScoredRun } from "./scored.ts";
import { counted, percent } from "./_words.ts";
import { bounds } from "./_bounds.ts";

/** What can be compared: runs of one model, one per fold; those of several repeats; or a baseline. */
export type Comparable = ScoredRun | readonly ScoredRun[] | ScoredRepeats | Scored;

/** Runs by repeat, then by fold; `Repeats` of `lib/train` is one. */
export interface ScoredRepeats {
  readonly byRepeat: readonly (readonly ScoredRun[])[];
}

/** Two models on the same images. Displays itself as one finding. */
export class Comparison extends FindingView {
  readonly names: readonly [string, string];
  /** Accuracy of each. */
  readonly a: Interval;
  readonly b: Interval;
  /** By how much the second is better than the first, in points. */
  readonly difference: Interval;
  readonly test: DifferenceTest;
  /** Whether the interval of the difference leaves out 0. */
  readonly told: boolean;

  constructor(
    names: readonly [string, string],
    a: Interval,
    b: Interval,
    difference: Interval,
    test: DifferenceTest,
  ) {
    const told = difference.low > 0 || difference.high < 0;
    super([told ? toldApart(names, a, b, difference, test) : notTold(names, a, b, difference, test)]);
    this.names = names;
    this.a = a;
    this.b = b;
    this.difference = difference;
    this.test = test;
    this.told = told;
  }

  get sentence(): string {
    return this.findings[0].sentence;
  }
}

/**
 * Compares two models, or a model with a baseline, on the same images: is the second better, by how much, and can that
 * be told with so few images? The difference is paired: images that are easy or hard for both cancel out. Where groups
 * are known, they are what is drawn and tested.
 *
 * Where both were cross-validated several times, all repeats count, each image with the share of them in which it was
 * classified right.
 *
 * @param dataset Whose `records` the images are; without it, images count as independent.
 * @param options `names` for people, as when one model was trained in two ways; `seed` of the bootstrap.
 * @throws DiagnosisError when the two were not measured on the same images, equally often, or one of them twice on some
 *   in the same repeat.
 */
export function compare(
  a: Comparable,
  b: Comparable,
  dataset?: Pick<LabelledImages, "grouped" | "records">,
  options: { readonly names?: readonly [string, string]; readonly seed?: number } = {},
): Comparison {
  const [first, second] = [repeatsOf(a), repeatsOf(b)];
  if (first.length !== second.length) {
    throw new DiagnosisError(
      `Cannot compare ${first[0].name} with ${second[0].name}: both must be repeated equally often, they are ` +
        `${first.length} and ${second.length} times`,
    );
  }
  const pairs = first.map((one, repeat) => aligned(one, second[repeat]));
  const { images, folds } = pairs[0];
  const measured = { images, folds, dataset, seed: options.seed ?? 1 };
  const names = options.names ?? distinct(first[0].name, second[0].name);
  if (pairs.length > 1) {
    const [ofA, ofB] = [first, second].map((repeats) => repeats.map((one) => aligned(first[0], one).b));
    const { a, b, difference, test } = repeatedDifferenceOf(ofA, ofB, measured);
    return new Comparison(names, a, b, difference, test);
  }
  const { difference, test } = differenceOf(pairs[0].a, pairs[0].b, measured);
  return new Comparison(names, accuracyOf(pairs[0].a, measured), accuracyOf(pairs[0].b, measured), difference, test);
}

/** @throws DiagnosisError where there is no repeat. */
function repeatsOf(what: Comparable): Scored[] {
  const list = "byRepeat" in what ? what.byRepeat : [what];
  if (list.length === 0) throw new DiagnosisError("Cannot compare: there must be at least one repeat, got none");
  return list.map(scored);
}

/** One model trained in two ways goes by one name. */
function distinct(a: string, b: string): readonly [string, string] {
  return a === b ? [`${a} (first)`, `${b} (second)`] : [a, b];
}

function toldApart(
  names: readonly [string, string],
  a: Interval,
  b: Interval,
  difference: Interval,
  test: DifferenceTest,
): FindingRecord {
  const [better, worse] = difference.estimate > 0 ? [1, 0] : [0, 1];
  const lead = better === 1 ? difference : negated(difference);
  return finding({
    code: "models-differ",
    severity: "info",
    sentence: `${names[better]} is better than ${names[worse]} by ${formatInterval(lead, "points")} on the same ` +
      `${counted(difference.n, "image")}.`,
    evidence: evidence(names, a, b, difference, test),
  });
}

function notTold(
  names: readonly [string, string],
  a: Interval,
  b: Interval,
  difference: Interval,
  test: DifferenceTest,
): FindingRecord {
  const detectable = detectableDifference(difference, test);
  return finding({
    code: "no-difference-told",
    severity: "info",
    sentence: `No difference can be told between ${names[0]} and ${names[1]} with ${counted(difference.n, "image")}: ` +
      `${names[1]} is at ${formatInterval(difference, "points")}, and 0 is among that.` +
      (detectable === null
        ? ""
        : ` A difference of ${percent(detectable).replace("%", "points")} would probably show.`),
    evidence: evidence(names, a, b, difference, test),
    remedy: "Take the simpler or faster of the two, or measure on more images.",
  });
}

/** What these images could have told, four times out of five. */
function detectableDifference({ n, low, high, estimate }: Interval, { onlyA, onlyB }: DifferenceTest): number | null {
  const discordant = (onlyA + onlyB) / n;
  if (discordant === 0) return null;
  // How much wider the interval over groups is than one over independent images says how much less an image counts.
  const independent = Math.sqrt(Math.max(1e-12, discordant - estimate ** 2) / n);
  const designEffect = Math.max(1, ((high - low) / (2 * 1.96 * independent)) ** 2);
  return minimumDetectableDifference(n, discordant, { designEffect });
}

function evidence(
  names: readonly [string, string],
  a: Interval,
  b: Interval,
  difference: Interval,
  { p, method, onlyA, onlyB }: DifferenceTest,
): Figure[] {
  const id = `${names[1]}-against-${names[0]}`;
  return [
    { id: `${id}.a`, label: `Accuracy of ${names[0]}`, unit: "share", ...bounds(a) },
    { id: `${id}.b`, label: `Accuracy of ${names[1]}`, unit: "share", ...bounds(b) },
    { id: `${id}.difference`, label: `${names[1]} minus ${names[0]}`, unit: "points", ...bounds(difference) },
    { id: `${id}.only-a`, label: `Right in ${names[0]} only`, value: onlyA, unit: "count" },
    { id: `${id}.only-b`, label: `Right in ${names[1]} only`, value: onlyB, unit: "count" },
    {
      id: `${id}.p`,
      label: "p (chance of such a difference between equals)",
      value: rounded(p),
      unit: "number",
      method,
    },
  ];
}

function negated(interval: Interval): Interval {
  return { ...interval, estimate: -interval.estimate, low: -interval.high, high: -interval.low };
}

/** Nobody decides anything by the third digit of a p. */
function rounded(p: number): number {
  return Number(p.toPrecision(2));
}
