import type { Rater } from "../quiz/mod.ts";
import { bootstrapInterval, cohenKappa, fleissKappa, type Interval, krippendorffAlpha } from "../stats/mod.ts";
import { groupsOf, type LabelledImages } from "./images.ts";

/** How far people say the same. */
export interface Agreement {
  /** As "Cohen's kappa". */
  readonly measure: string;
  /** Beyond chance: 1 is full agreement, 0 is what chance would give. Null where it can't be told. */
  readonly value: Interval | null;
  /** Images that at least two people answered. */
  readonly images: number;
  /** Those of them on which everybody said the same. */
  readonly unanimous: number;
}

/** Below this number of common images an interval would be make-believe. */
const FEWEST_IMAGES = 10;

/**
 * Agreement beyond chance on the images that at least two people answered: Cohen's kappa for two people, Fleiss' for more
 * who answered the same images, Krippendorff's alpha where they did not. "Can't tell" is an answer like any other. Null
 * with fewer than two people or no common image.
 */
export function agreementOf(dataset: LabelledImages, raters: readonly Rater[], seed: number): Agreement | null {
  if (raters.length < 2) return null;
  const K = dataset.classes.length;
  const said = raters.map(({ answers }) => new Map(answers.map((answer) => [answer.image, answer.class ?? K])));
  const times = new Map<number, number>();
  for (const image of said.flatMap((answers) => [...answers.keys()])) times.set(image, (times.get(image) ?? 0) + 1);
  const images = [...times].filter(([, count]) => count >= 2).map(([image]) => image).sort((a, b) => a - b);
  if (images.length === 0) return null;
  const table = images.map((image) => said.map((answers) => answers.get(image) ?? null));
  const complete = table.every((row) => !row.includes(null));
  const column = (rows: readonly (readonly (number | null)[])[], rater: number) => rows.map((row) => row[rater]!);
  const [measure, metric]: [string, (rows: typeof table) => number] = raters.length === 2
    ? ["Cohen's kappa", (rows) => cohenKappa(column(rows, 0), column(rows, 1), K + 1)]
    : complete
    ? ["Fleiss' kappa", (rows) => fleissKappa(rows.map((row) => counts(row as number[], K + 1)))]
    : ["Krippendorff's alpha", (rows) => krippendorffAlpha(raters.map((_, rater) => rows.map((row) => row[rater])))];
  const unanimous = table.filter((row) => new Set(row.filter((answer) => answer !== null)).size === 1).length;
  return {
    measure,
    images: images.length,
    unanimous,
    value: interval(dataset, images, (at) => metric(at.map((i) => table[i])), seed),
  };
}

function interval(
  dataset: LabelledImages,
  images: readonly number[],
  metric: (indices: readonly number[]) => number,
  seed: number,
): Interval | null {
  const groups = groupsOf(dataset, images);
  const units = new Set<string | number>(groups ?? images).size;
  // NaN: all said one and the same class throughout, and chance explains it all.
  if (units < FEWEST_IMAGES || Number.isNaN(metric([...images.keys()]))) return null;
  return bootstrapInterval(metric, { n: images.length, groups, method: "percentile", seed, resamples: 1000 });
}

function counts(answers: readonly number[], classes: number): number[] {
  const row = new Array<number>(classes).fill(0);
  for (const answer of answers) row[answer]++;
  return row;
}
