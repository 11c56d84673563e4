import { Random } from "../../stats/mod.ts";

/** Something known of each image beside its pixels. */
export interface Clue {
  /** As "aspect ratio". */
  readonly name: string;
  /** [n] Numbers, or names where the clue is one of a few kinds. */
  readonly values: readonly (number | string)[];
}

/** How well classes are told from clues. */
export interface Told {
  /** [n] Whether each image's class was said right by a model fitted on other folds. */
  readonly correct: readonly boolean[];
  /** Accuracy with the classes dealt out at random, on average: what is had without any clue. */
  readonly chance: number;
  /** Share of random dealings that do at least as well; at best 1 in 200. */
  readonly p: number;
}

const BINS = 12;
const SHUFFLES = 199;
/** Kinds with fewer images count as one. */
const RARE = 5;

/** The clue's values as whole numbers: kinds, or bins with about equally many images; equal values share one. */
export function coded({ values }: Clue): Int32Array {
  if (values.some((value) => typeof value === "string")) {
    const counts = new Map<string | number, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    const common = [...counts].filter(([, count]) => count >= RARE).map(([value]) => value);
    const codes = new Map(common.map((value, code) => [value, code + 1]));
    return Int32Array.from(values, (value) => codes.get(value) ?? 0);
  }
  const sorted = (values as readonly number[]).toSorted((a, b) => a - b);
  const edges = [
    ...new Set(Array.from({ length: BINS - 1 }, (_, i) => sorted[Math.floor((i + 1) * sorted.length / BINS)])),
  ];
  return Int32Array.from(values as readonly number[], (value) => edges.findLastIndex((edge) => edge <= value) + 1);
}

/**
 * Tells classes from clues by naive Bayes with add-one smoothing, cross-validated, and compares that with classes dealt
 * out at random, whole groups at a time.
 *
 * @param codes Of each clue, as {@link coded} makes them; none looks at the classes.
 * @param units [n] Which group each image is of, or each its own.
 */
export function toldFrom(
  codes: readonly Int32Array[],
  { labels, classes, folds, of, units }: {
    readonly labels: Int32Array;
    readonly classes: number;
    readonly folds: Int32Array;
    readonly of: number;
    readonly units: readonly (string | number)[];
  },
): Told {
  const bins = codes.map((code) => code.reduce((most, value) => Math.max(most, value), 0) + 1);
  const score = (those: Int32Array) => outOfFold(codes, bins, those, classes, folds, of);
  const correct = score(labels);
  const right = correct.filter(Boolean).length;
  const ids = [...new Set(units)];
  const place = new Map(ids.map((id, i) => [id, i]));
  const rows = Int32Array.from(units, (unit) => place.get(unit)!);
  const labelOfUnit = new Int32Array(ids.length);
  rows.forEach((unit, i) => labelOfUnit[unit] = labels[i]);
  const random = new Random("told-from");
  let asGood = 0, sum = 0;
  for (let shuffle = 0; shuffle < SHUFFLES; shuffle++) {
    const dealt = random.shuffled(labelOfUnit);
    const hits = score(rows.map((unit) => dealt[unit])).filter(Boolean).length;
    sum += hits;
    if (hits >= right) asGood++;
  }
  return { correct, chance: sum / SHUFFLES / labels.length, p: (asGood + 1) / (SHUFFLES + 1) };
}

function outOfFold(
  codes: readonly Int32Array[],
  bins: readonly number[],
  labels: Int32Array,
  classes: number,
  folds: Int32Array,
  of: number,
): boolean[] {
  const n = labels.length;
  const correct = new Array<boolean>(n);
  for (let fold = 0; fold < of; fold++) {
    const totals = new Float64Array(classes);
    const tables = bins.map((size) => new Float64Array(size * classes));
    for (let i = 0; i < n; i++) {
      if (folds[i] === fold) continue;
      totals[labels[i]]++;
      codes.forEach((code, c) => tables[c][code[i] * classes + labels[i]]++);
    }
    tables.forEach((table, c) => {
      for (let cell = 0; cell < table.length; cell++) {
        table[cell] = Math.log((table[cell] + 1) / (totals[cell % classes] + bins[c]));
      }
    });
    for (let i = 0; i < n; i++) {
      if (folds[i] !== fold) continue;
      let best = 0, highest = -Infinity;
      for (let k = 0; k < classes; k++) {
        let value = Math.log(totals[k] + 1);
        for (let c = 0; c < codes.length; c++) value += tables[c][codes[c][i] * classes + k];
        if (value > highest) {
          highest = value;
          best = k;
        }
      }
      correct[i] = best === labels[i];
    }
  }
  return correct;
}
