import { createHash } from "node:crypto";
import { type Dataset, decoder, type Fold } from "../../dataset/mod.ts";
import { onInterrupt, progress } from "../../display/mod.ts";
import * as engine from "../../engine/mod.ts";
import type { Backbone } from "../../model/mod.ts";
import { applyTemperature, fitTemperature } from "../../stats/mod.ts";
import { fitHead, type HeadSpec, Interrupted, kernelOf, predictInKernel, standardOf } from "../../train/mod.ts";
import { keep, kept } from "./_kept.ts";
import { type FeatureSet, featureSets, SeenImages } from "./feature_sets.ts";

/** The kinds of heads, in the order in which they are shown. */
export const FAMILIES = ["discriminant", "logistic", "class-mean", "nearest", "mlp"] as const;
export type Family = (typeof FAMILIES)[number];

/** A head on a way of seeing. */
export interface Candidate {
  readonly set: FeatureSet;
  readonly head: HeadSpec;
}

/** What is said of each image by a head that was fitted, and chosen, without it. */
export interface Chosen {
  /** [n, K], row by row, in the order of the selection's `images`. */
  readonly probabilities: Float32Array;
  /** What was chosen for each fold; the temperature too. */
  readonly byFold: readonly Candidate[];
  /** What is chosen on all images, for a head that is fitted to all of them. */
  readonly final: Candidate;
}

/** Heads and ways of seeing, chosen on inner folds. */
export interface Selection {
  /** Indices into the data set's records, fold by fold. */
  readonly images: readonly number[];
  readonly families: readonly { readonly family: Family; readonly chosen: Chosen }[];
  /** The kind of head is chosen too. */
  readonly overall: Chosen;
  /** How many settings were tried in all. */
  readonly tried: number;
  /** Whether there were folds enough to choose by; else all was fixed beforehand. */
  readonly nested: boolean;
}

/** Images that choosing goes by at most: with more, each head would take seconds. The folds' scores are of all images. */
const MOST_FITTED = 1500;

const SHRINKAGES = [0.1, 0.3, 0.6], PENALTIES = [3, 30], NEIGHBOURS = [1, 5, 15];
const MLP: HeadSpec = { kind: "mlp", units: 64, epochs: 15, weightDecay: 1e-3 };

/** All that is tried: see {@link featureSets}; the slower heads on the widest sets alone. */
function candidatesOf(sets: readonly FeatureSet[], brief: boolean): Candidate[] {
  const most = Math.max(...sets.map(({ taps, poolings }) => taps.length * poolings.length));
  const widest = sets.filter(({ taps, poolings }) => taps.length * poolings.length === most);
  const on = (list: readonly FeatureSet[], heads: readonly HeadSpec[]) =>
    list.flatMap((set) => heads.map((head) => ({ set, head })));
  return [
    ...on(sets, SHRINKAGES.map((shrinkage) => ({ kind: "discriminant", shrinkage }))),
    ...(brief ? [] : on(widest.slice(-1), PENALTIES.map((c) => ({ kind: "logistic", c })))),
    ...on(sets, [{ kind: "class-mean" }]),
    ...on(sets, NEIGHBOURS.map((k) => ({ kind: "nearest", k }))),
    ...(brief ? [] : on(widest.slice(-1), [MLP])),
  ];
}

/** What is taken where there are too few folds to choose by: one of each kind, as it usually does well. */
function fixedCandidates(sets: readonly FeatureSet[]): Candidate[] {
  const [set] = sets.slice(-1);
  const heads: HeadSpec[] = [
    { kind: "discriminant", shrinkage: 0.3 },
    { kind: "logistic", c: 10 },
    { kind: "class-mean" },
    { kind: "nearest", k: 5 },
  ];
  return heads.map((head) => ({ set, head }));
}

/**
 * Chooses taps, pooling, views, head and its regularisation, by nested cross-validation: for each fold everything is chosen
 * on the other folds alone, each of them in turn left out, and only then is the fold predicted. So the score of what was
 * chosen owes nothing to the choice. Groups that the folds keep together stay together within as well.
 *
 * An MLP has nothing chosen and takes part in no choice: trained so often it would take minutes.
 *
 * All of it is kept on disk by content: the second time costs nothing.
 *
 * @param folds Of `dataset.folds`. With only 2 there is nothing to choose by, and fixed settings are taken.
 * @param options `brief`: fewer settings, for little time.
 * @throws Interrupted when the person stopped it; features are kept.
 */
export async function selectHeads(
  dataset: Dataset,
  folds: readonly Fold[],
  backbone: Backbone,
  options: { readonly brief?: boolean; readonly seed?: number } = {},
): Promise<Selection> {
  const { brief = false, seed = 1 } = options;
  const { records, classes: { length: classes } } = dataset;
  const offered = featureSets(backbone, { brief });
  const nests = folds.length >= 3;
  const candidates = nests ? candidatesOf(offered.sets, brief) : fixedCandidates(offered.sets);
  const images = folds.flatMap(({ validation }) => validation);
  const key = createHash("sha256").update(JSON.stringify([
    "heads 2",
    [offered.wide.name, offered.wide.version, engine.current().label, decoder],
    [classes, seed, candidates],
    folds.map((fold) => [fold.train, fold.validation].map((p) => p.map((i) => [records[i].hash, records[i].label]))),
  ])).digest("hex");
  const before = await kept<Selection>("heads", key);
  if (before !== null) return { ...before, images };

  const seen = await SeenImages.of(dataset, offered);
  const rowOf = new Map(seen.images.map((image, row) => [image, row]));
  const rows = (part: readonly number[]) => part.map((image) => rowOf.get(image)!);
  const labelsOf = (part: readonly number[]) => Int32Array.from(part, (image) => records[image].label);
  const of = candidates.length;
  /** By candidate: out-of-fold probabilities, and by outer fold those of the inner folds. */
  const outer = candidates.map(() => new Float32Array(images.length * classes));
  const inner: Float32Array[][] = folds.map(() => []);

  // Set by set: each has its own inner products.
  const order = offered.sets.flatMap((set) => [...candidates.keys()].filter((c) => candidates[c].set === set));
  let done = 0;
  using stop = onInterrupt();
  const bar = progress({ label: `Choosing a head on ${backbone.name}`, total: folds.length * of });
  const pause = async () => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (stop.stopRequested()) throw new Interrupted("Stopped while heads were chosen; features are kept");
  };
  try {
    for (const [f, { train, validation }] of folds.entries()) {
      const at = folds.slice(0, f).reduce((sum, one) => sum + one.validation.length, 0);
      const others = folds.filter((_, other) => other !== f);
      const fitted = thinned(train);
      let kernelSet: FeatureSet | null = null, kernel = null, dimensions = 0, values: Float32Array = new Float32Array();
      for (const c of order) {
        const { set, head } = candidates[c];
        if (set !== kernelSet) {
          ({ values, dimensions } = seen.through(set));
          kernel = head.kind === "mlp" ? null : await kernelOf(values, standardOf(values, dimensions, rows(train)));
          kernelSet = set;
        }
        if (head.kind === "mlp") {
          const fit = await fitHead(taken(values, dimensions, rows(train)), labelsOf(train), classes, head, {
            seed,
            pause,
          });
          outer[c].set(fit.predict(taken(values, dimensions, rows(validation))), at * classes);
          continue;
        }
        const predict = async (from: readonly number[], of: readonly number[]) =>
          await predictInKernel(kernel!, rows(from), rows(of), labelsOf(from), classes, dimensions, head, pause);
        outer[c].set(await predict(fitted, validation), at * classes);
        inner[f][c] = new Float32Array(train.length * classes);
        let within = 0;
        for (const { validation: left } of nests ? others : []) {
          const out = new Set(left);
          inner[f][c].set(await predict(fitted.filter((image) => !out.has(image)), left), within * classes);
          within += left.length;
        }
        bar.update(++done);
        await pause();
      }
    }
  } finally {
    await bar.finish();
  }

  const labels = labelsOf(images);
  /** The best of some candidates on the inner folds of fold f, with the temperature that fits there. */
  const bestFor = (f: number, list: readonly number[]) => {
    const own = labelsOf(folds.filter((_, other) => other !== f).flatMap(({ validation }) => validation));
    return best(list, (c) => inner[f][c], own);
  };
  const best = (list: readonly number[], said: (c: number) => Float32Array, truth: Int32Array) => {
    if (!nests || candidates[list[0]].head.kind === "mlp") return { c: list[0], temperature: 1 };
    const c = list.reduce((a, b) => hits(said(b), truth, classes) > hits(said(a), truth, classes) ? b : a);
    return { c, temperature: round(fitTemperature(said(c), truth, classes)) };
  };
  const at = ({ c, temperature }: { c: number; temperature: number }): Candidate => {
    return { set: candidates[c].set, head: { ...candidates[c].head, temperature } };
  };
  const choose = (list: readonly number[]): Chosen => {
    const probabilities = new Float32Array(images.length * classes);
    let start = 0;
    const byFold = folds.map(({ validation }, f) => {
      const chosen = bestFor(f, list);
      const end = start + validation.length * classes;
      const said = outer[chosen.c].subarray(start, end);
      probabilities.set(applyTemperature(said, classes, chosen.temperature), start);
      start = end;
      return at(chosen);
    });
    return { probabilities, byFold, final: at(best(list, (c) => outer[c], labels)) };
  };
  const all = [...candidates.keys()];
  const families = FAMILIES.flatMap((family) => {
    const list = all.filter((c) => candidates[c].head.kind === family);
    return list.length === 0 ? [] : [{ family, chosen: choose(list) }];
  });
  const overall = choose(all.filter((c) => candidates[c].head.kind !== "mlp"));
  const made: Selection = { images, families, overall, tried: candidates.length, nested: nests };
  await keep("heads", key, made);
  return made;
}

/** An even part of the images where there are too many: they are sorted by path, so by class. */
function thinned(images: readonly number[]): readonly number[] {
  if (images.length <= MOST_FITTED) return images;
  return Array.from({ length: MOST_FITTED }, (_, i) => images[Math.floor(i * images.length / MOST_FITTED)]);
}

function taken(values: Float32Array, dimensions: number, rows: readonly number[]): Float32Array {
  const out = new Float32Array(rows.length * dimensions);
  rows.forEach((row, i) => out.set(values.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions));
  return out;
}

function hits(probabilities: Float32Array, labels: Int32Array, classes: number): number {
  let right = 0;
  labels.forEach((label, i) => {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    if (row.every((p, k) => k === label || p < row[label])) right++;
  });
  return right;
}

/** More digits would be noise. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}
