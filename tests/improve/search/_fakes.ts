import type { Dataset, Fold } from "../../../lib/dataset/mod.ts";
import type { Evaluate, Settings, TrialJob } from "../../../lib/improve/search/types.ts";
import { Random } from "../../../lib/stats/mod.ts";

/** K */
export const CLASSES = 4;

/** Images without pixels: `n` of 4 classes, in pairs that make groups. */
export function fakeImages(n: number): Dataset {
  const records = Array.from(
    { length: n },
    (_, i) => ({ label: Math.floor(i / 2) % CLASSES, group: `g${Math.floor(i / 2)}` }),
  );
  const all = records.map((_, i) => i);
  return {
    classes: ["a", "b", "c", "d"],
    records,
    development: all,
    grouped: true,
    size: 32,
    folds: (k: number) => foldsOf(n, k),
    innerPart: (fold: Fold) => fold.train.filter((i) => Math.floor(i / 8) % 3 === 0),
    labels: (indices: readonly number[]) => Int32Array.from(indices, (i) => records[i].label),
  } as unknown as Dataset;
}

/** Stratified, pairs together. */
export function foldsOf(n: number, k: number): Fold[] {
  const all = Array.from({ length: n }, (_, i) => i);
  return Array.from({ length: k }, (_, index) => {
    const held = (i: number) => Math.floor(i / (2 * CLASSES)) % k === index;
    return {
      train: all.filter((i) => !held(i)),
      validation: all.filter(held),
      by: "group",
      index,
      of: k,
      seed: 1,
    };
  });
}

/**
 * Trials that get each image right with a chance of their own, drawn anew for each training.
 *
 * @param jobs Gets what was asked for.
 */
export function fakeEvaluate(skill: (settings: Settings, image: number) => number, jobs: TrialJob[] = []): Evaluate {
  return (wanted) => {
    jobs.push(...wanted);
    return Promise.resolve(wanted.map(({ settings, fold, epochs }) => {
      const random = new Random(JSON.stringify([settings, fold.validation, epochs]));
      return {
        losses: [1.4, 1.2],
        seconds: 2,
        probabilities: Float32Array.from(fold.validation.flatMap((image) => {
          const label = Math.floor(image / 2) % CLASSES;
          const said = (label + (random.next() < skill(settings, image) ? 0 : 1 + random.integer(3))) % CLASSES;
          return Array.from({ length: CLASSES }, (_, k) => k === said ? 0.7 : 0.1);
        })),
      };
    }));
  };
}
