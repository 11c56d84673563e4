import { holm } from "../../stats/mod.ts";
import { audit } from "../audit.ts";
import { Audit } from "../audit_facts.ts";
import type { Dataset } from "../dataset.ts";
import { setsOf } from "../near/near_duplicates.ts";
import { Union } from "../near/_union.ts";
import { type Evidence, Resemblance } from "./_evidence.ts";
import { consecutive, patternsOf } from "./_patterns.ts";
import { type GroupPattern, SuggestedGroups } from "./suggested_groups.ts";

/** When a pattern is believed. */
const T = {
  /** Share of pairs within groups that must be more alike than strangers of the same classes; 0.5 is chance. */
  closer: 0.65,
  level: 0.02,
  /** Share of the images that must be in groups of two or more. */
  covered: 0.1,
  /** Share of the images that one group may hold: more, and no split is possible. */
  largest: 0.35,
  /** Groups there must be for each class: fewer, and they are the classes by another name. */
  perClass: 3,
  /** Groups of two or more: fewer are no pattern. */
  several: 5,
  /** Patterns whose evidence differs by less are as good as each other; the one with larger groups is safer. */
  asGood: 0.12,
} as const;

/** A pattern before its evidence is corrected. */
interface Tried {
  readonly words: string;
  readonly groups: readonly (string | null)[];
  readonly evidence: Evidence;
}

/**
 * Suggests which images belong together, for people who never thought of groups: sets of nearly the same picture, and
 * what file names and sub-folders have in common. A pattern is believed only where the pictures bear it out: those of
 * one group must be more alike than random ones of the same classes, by a permutation test corrected for the number of
 * patterns. Images of the test set are put into groups too, by name and
 * folder; what their labels say is no part of the evidence.
 *
 * @param of A data set, which is then audited, or its audit, where there is one already.
 */
export async function suggestGroups(of: Dataset | Audit): Promise<SuggestedGroups> {
  const { source, duplicates } = of instanceof Audit ? of : await audit(of);
  const { dataset, looks, nearPairs } = source;
  const { records, classes, development } = dataset;
  const resemblance = new Resemblance(looks, development, dataset.labels(development), classes.length);
  const tried: Tried[] = [];
  const consider = (
    words: string,
    groups: readonly (string | null)[],
    pairs: readonly (readonly [number, number])[],
  ) => {
    if (!sensible(groups, dataset)) return;
    const evidence = resemblance.evidence(pairs);
    if (evidence !== null) tried.push({ words, groups, evidence });
  };
  for (const { words, groups } of patternsOf(records, classes)) consider(words, groups, pairsWithin(groups));
  const neighbours = consecutive(records);
  if (neighbours.length > 0) {
    // What runs of numbers are cut by is no part of their evidence: that is about all neighbours.
    consider("a run of numbers in the file names", runs(neighbours, records.length, resemblance), neighbours);
  }
  const corrected = holm(tried.map(({ evidence }) => evidence.p));
  const judged = tried.map((one, t) => ({ ...one, pattern: patternOf(one, corrected[t]) }))
    .sort((a, b) => merit(b.pattern) - merit(a.pattern));
  const chosen = safest(judged);

  const joined = new Union(records.length);
  const near = [...setsOf(nearPairs, records.length), ...exactSets(duplicates, dataset)];
  for (const set of near) for (const image of set) joined.join(set[0], image);
  if (chosen) {
    const first = new Map<string, number>();
    chosen.groups.forEach((group, image) => {
      if (group === null) return;
      if (first.has(group)) joined.join(first.get(group)!, image);
      else first.set(group, image);
    });
  }
  const rows = joined.sets().flatMap((set, s) => {
    const key = set.map((image) => chosen?.groups[image]).find((group) => group != null);
    return set.map((image) => ({ path: records[image].path, group: key ?? `alike ${s + 1}` }));
  });
  return new SuggestedGroups({
    rows: rows.sort((a, b) => a.path < b.path ? -1 : 1),
    patterns: judged.map(({ pattern }) => pattern),
    chosen: chosen?.pattern ?? null,
    nearSets: setsOf(
      near.flatMap((set) => set.slice(1).map((image) => ({ images: [set[0], image] as const }))),
      records.length,
    )
      .length,
    n: records.length,
    known: dataset.grouped,
  });
}

/** The best pattern that the pictures bear out, or one as good that keeps more together; null where there is none. */
function safest<P extends { readonly pattern: GroupPattern }>(judged: readonly P[]): P | null {
  const [best, ...others] = judged.filter(({ pattern }) => pattern.supported);
  if (best === undefined) return null;
  const { closer, images } = best.pattern;
  return others.filter(({ pattern }) => pattern.closer >= closer - T.asGood && pattern.images >= images)
    .reduce((safe, next) => next.pattern.groups < safe.pattern.groups ? next : safe, best);
}

/** Whether groups could be split by at all, and are something else than the classes. */
function sensible(groups: readonly (string | null)[], { records, classes, development }: Dataset): boolean {
  const sizes = sizesOf(groups);
  const several = [...sizes.values()].filter((size) => size > 1);
  const covered = several.reduce((sum, size) => sum + size, 0);
  if (several.length < T.several) return false;
  if (covered < T.covered * records.length || Math.max(...several) > T.largest * records.length) return false;
  const ofClass = classes.map(() => new Set<string | number>());
  for (const image of development) ofClass[records[image].label].add(groups[image] ?? image);
  const perClass = ofClass.map((own) => own.size).sort((a, b) => a - b);
  return perClass[perClass.length >> 1] >= T.perClass;
}

function sizesOf(groups: readonly (string | null)[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const group of groups) if (group !== null) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return sizes;
}

/** Pairs of images of one group; of large groups each image with a few others, or the largest would be all there is. */
function pairsWithin(groups: readonly (string | null)[]): [number, number][] {
  const members = Map.groupBy(groups.keys(), (image) => groups[image]);
  members.delete(null);
  return [...members.values()].flatMap((images) =>
    images.flatMap((image, i) =>
      [1, 2, 3, 5].filter((step) => i + step < images.length).map((step): [number, number] => [image, images[i + step]])
    )
  );
}

/** Images numbered one after the other, cut where the picture changes as much as between strangers. */
function runs(
  neighbours: readonly (readonly [number, number])[],
  n: number,
  resemblance: Resemblance,
): (string | null)[] {
  const joined = new Union(n);
  const typical = resemblance.typical();
  for (const [i, j] of neighbours) if (resemblance.distance(i, j) < typical) joined.join(i, j);
  const groups = new Array<string | null>(n).fill(null);
  for (const [s, set] of joined.sets().entries()) for (const image of set) groups[image] = `run ${s + 1}`;
  return groups;
}

function patternOf({ words, groups, evidence }: Tried, corrected: number): GroupPattern {
  const several = [...sizesOf(groups).values()].filter((size) => size > 1);
  return {
    ...evidence,
    words,
    groups: several.length,
    images: several.reduce((sum, size) => sum + size, 0),
    largest: Math.max(...several),
    corrected,
    supported: evidence.closer >= T.closer && corrected <= T.level,
  };
}

/** The better the pictures bear it out, for the more images. */
function merit({ closer, images, supported }: GroupPattern): number {
  return (supported ? 1 : 1e-3) * images * Math.max(0, closer - 0.5);
}

function exactSets(duplicates: Audit["duplicates"], { records }: Dataset): number[][] {
  const place = new Map(records.map(({ path }, image) => [path, image]));
  return [...new Set(Object.values(duplicates).flat())].map(({ paths }) => paths.map((path) => place.get(path)!));
}
