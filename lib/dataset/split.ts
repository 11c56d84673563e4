import { Random } from "../stats/mod.ts";
import { assign, bundles } from "./_assign.ts";
import { DatasetError } from "./errors.ts";
import type { Fold } from "./types.ts";

/** What is split: `items` are indices into `labels` and `groups`. */
export interface Splittable {
  readonly items: readonly number[];
  /** Class of every index. */
  readonly labels: Int32Array;
  /** Group of every index, or null where images are not grouped. */
  readonly groups: readonly string[] | null;
  /** Class names, for messages. */
  readonly classes: readonly string[];
}

/**
 * Stratified k-fold cross-validation: every item validates exactly once, class shares are as even as they can be, and a
 * group never lies in two folds. The same seed gives the same folds.
 *
 * @param k Number of folds, at least 2.
 * @throws DatasetError naming the class that has too few images (fewer than k) or groups (one), or the number of groups
 * where there are fewer than k.
 */
export function stratifiedFolds(of: Splittable, k: number, seed: number): Fold[] {
  if (!Number.isInteger(k) || k < 2) throw new DatasetError(`Cannot split into ${k} folds: it takes at least 2`);
  const by = of.groups === null ? "image" : "group";
  const action = (name: string) => `Cannot split "${name}"`;
  for (const [label, n] of countBy(of.items, (i) => of.labels[i])) {
    if (n < k) {
      const fewer = n >= 2 ? `, or use ${n} folds` : "";
      throw new DatasetError(
        `${action(of.classes[label])}: ${k} folds need at least ${k} images, it has ${n}. Add images${fewer}`,
      );
    }
  }
  needGroups(of, 2, action, "one to train on and one to validate with");
  const list = bundles(of.items, of.labels, of.groups);
  if (list.length < k) throw new DatasetError(`Cannot split into ${k} folds: there are ${list.length} groups`);
  const home = assign(list, new Array(k).fill(1 / k), new Random(`${seed}/folds/${k}/${by}`));
  const folds = Array.from({ length: k }, (_, index): Fold => {
    const validation = list.flatMap((bundle, i) => home[i] === index ? bundle.items : []).sort(ascending);
    return { ...complement(of.items, validation), by, index, of: k, seed };
  });
  for (const fold of folds) mustTrainAll(of, fold);
  return folds;
}

/**
 * One stratified split: `share` of the items for validation, at least one per class, whole groups at a time.
 *
 * @param share Between 0 and 1.
 * @throws DatasetError naming the class that has fewer than two images or groups.
 */
export function stratifiedHoldOut(of: Splittable, share: number, seed: number): Fold {
  const by = of.groups === null ? "image" : "group";
  const validation = draw(of, share, new Random(`${seed}/hold-out/${share}/${by}`), 1);
  const fold: Fold = { ...complement(of.items, validation), by, index: 0, of: 1, seed };
  mustTrainAll(of, fold);
  return fold;
}

/** A class with fewer images, or groups where they stay whole, gives nothing to an inner part. */
export const FEWEST_TO_GIVE = 5;

/**
 * A stratified part of `of.items`, for choices that must not look at the validation part: whole groups at a time, never
 * all of a class. A class with fewer than {@link FEWEST_TO_GIVE} images (or groups) gives none, since a single one
 * missing would cost its training more than its vote is worth; so the part may be empty. It never fails for lack of
 * images.
 *
 * @param share Between 0 and 1.
 * @returns The part, ascending.
 */
export function innerPart(of: Splittable, share: number, seed: number): number[] {
  if (!(share > 0 && share < 1)) {
    throw new DatasetError(`Cannot take off a share of ${share}: it must lie between 0 and 1`);
  }
  const by = of.groups === null ? "image" : "group";
  const list = bundles(of.items, of.labels, of.groups);
  const left = countBy(list.flatMap(({ counts }) => [...counts.keys()]), (label) => label);
  const giving = list.filter(({ counts }) => [...counts.keys()].every((label) => left.get(label)! >= FEWEST_TO_GIVE));
  const home = assign(giving, [share, 1 - share], new Random(`${seed}/inner/${share}/${by}`));
  const part: number[] = [];
  for (const [i, { items, counts }] of giving.entries()) {
    // Where a class has few, large groups, all of them may have gone the same way.
    if (home[i] !== 0 || [...counts.keys()].some((label) => left.get(label) === 1)) continue;
    for (const label of counts.keys()) left.set(label, left.get(label)! - 1);
    part.push(...items);
  }
  return part.sort(ascending);
}

/**
 * Draws the items of a sealed test set: at least one per class, whole groups at a time, and at least two images and
 * groups per class are left, so that there is something to train on and something to validate with.
 *
 * @param share Between 0 and 1.
 * @throws DatasetError naming the class that has fewer than three images or groups.
 */
export function drawTest(of: Splittable, share: number, seed: number): number[] {
  return draw(of, share, new Random(`${seed}/seal`), 2);
}

/** @param leave Images and groups per class that must remain. */
function draw(of: Splittable, share: number, random: Random, leave: number): number[] {
  if (!(share > 0 && share < 1)) {
    throw new DatasetError(`Cannot split off a share of ${share}: it must lie between 0 and 1`);
  }
  const action = (name: string) => `Cannot split "${name}"`;
  const purpose = leave === 2
    ? "one each to train, to validate and to test with"
    : "one each to train and validate with";
  for (const [label, n] of countBy(of.items, (i) => of.labels[i])) {
    if (n > leave) continue;
    throw new DatasetError(
      `${action(of.classes[label])}: it needs at least ${leave + 1} images (${purpose}), it has ${n}`,
    );
  }
  needGroups(of, leave + 1, action, purpose);
  const list = bundles(of.items, of.labels, of.groups);
  const home = assign(list, [share, 1 - share], random);
  const byLabel = new Map<number, number[]>();
  for (const [i, { counts }] of list.entries()) {
    for (const label of counts.keys()) {
      if (!byLabel.has(label)) byLabel.set(label, []);
      byLabel.get(label)!.push(i);
    }
  }
  const bundlesWith = (label: number, bin: number) => byLabel.get(label)!.filter((i) => home[i] === bin);
  const smallestFirst = (a: number, b: number) => list[a].items.length - list[b].items.length;
  // Rounding may leave a small class out of the smaller bin; large groups may take too much of a class. Mended with the
  // smallest group that does not take the same from another class.
  const labels = [...byLabel.keys()].sort(ascending);
  for (const [bin, least] of [[0, 1], [1, leave]] as const) {
    for (const label of labels) {
      while (bundlesWith(label, bin).length < least) {
        const spare = bundlesWith(label, 1 - bin).sort(smallestFirst)
          .find((i) =>
            [...list[i].counts.keys()].every((c) => bundlesWith(c, 1 - bin).length > (bin === 0 ? leave : 1))
          );
        if (spare === undefined) {
          throw new DatasetError(
            `${action(of.classes[label])}: its ${
              byLabel.get(label)!.length
            } groups cannot be divided so that each part keeps ` +
              `every class whole groups at a time`,
          );
        }
        home[spare] = bin;
      }
    }
  }
  return list.flatMap((bundle, i) => home[i] === 0 ? bundle.items : []).sort(ascending);
}

function needGroups(of: Splittable, least: number, action: (name: string) => string, purpose: string): void {
  if (of.groups === null) return;
  const groups = new Map<number, Set<string>>();
  for (const i of of.items) {
    if (!groups.has(of.labels[i])) groups.set(of.labels[i], new Set());
    groups.get(of.labels[i])!.add(of.groups[i]);
  }
  for (const [label, { size }] of groups) {
    if (size >= least) continue;
    throw new DatasetError(
      `${action(of.classes[label])}: it needs at least ${least} groups (${purpose}), it has ${size}. Groups stay whole`,
    );
  }
}

function mustTrainAll({ items, labels, classes }: Splittable, { train, index }: Fold): void {
  const trained = new Set(train.map((i) => labels[i]));
  for (const label of new Set(items.map((i) => labels[i]))) {
    if (trained.has(label)) continue;
    throw new DatasetError(
      `Cannot split "${classes[label]}": all its groups fall into fold ${index + 1}, which would train without it. ` +
        `Try another seed or number of folds`,
    );
  }
}

function complement(items: readonly number[], validation: number[]): { train: number[]; validation: number[] } {
  const held = new Set(validation);
  return { train: items.filter((i) => !held.has(i)), validation };
}

function countBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

function ascending(a: number, b: number): number {
  return a - b;
}
