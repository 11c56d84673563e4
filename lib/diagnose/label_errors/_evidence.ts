import { accuracyInterval, bootstrapInterval, type Interval, wilson } from "../../stats/mod.ts";

/** The share of the predictions that count as sure: enough images for an interval, and still the easy ones. */
const SURE_SHARE = 0.25;
/** The share of the surest of all. */
const SUREST_SHARE = 0.1;

/** With fewer classes, a mistake says too little: the least likely half is hardly less likely than the rest. */
const LEAST_CLASSES = 4;

/** Below this many mates, groups say nothing. */
const LEAST_MATES = 30;

/** What tells wrong labels from a hard problem. */
export interface NoiseEvidence {
  /** Of the surest quarter of the predictions, the share that agrees with the given label. */
  readonly sure: Interval;
  /**
   * The share of wrong labels that the surest quarter shows, by labels that it holds for one of the least likely classes;
   * null with fewer than four classes.
   */
  readonly farOff: Interval | null;
  /** The same by the surest tenth. A hard problem's far-off labels grow rarer there; wrong labels do not. */
  readonly farOffSurest: Interval | null;
  /**
   * The share of the labels that group mates contradict, where groups are known and are of one class as a rule; else
   * null.
   */
  readonly contradicted: Interval | null;
}

/**
 * Gathers the evidence that a hard problem does not produce by itself:
 *
 * - **Labels that are far off.** On a hard problem, a sure prediction that is wrong is wrong by little: the right class
 *   is among the likely ones. A label that is wrong by accident is any class: it falls into the less likely half of the
 *   K classes in ⌊K / 2⌋ of K - 1 cases. So their share among the surest quarter, times (K - 1) / ⌊K / 2⌋, estimates the
 *   share of wrong labels.
 * - **Group mates.** Where images of one group (one thing, one emoji) have the same class as a rule, two mates agree
 *   with probability (1 - e)², so 1 - √agreement estimates the share e of wrong labels without any model. Where groups
 *   cut across classes, as persons do, they say nothing and are left out.
 *
 * @param labels [n]
 * @param probabilities [n, K]
 * @param groups [n] Where they are known.
 */
export function noiseEvidence(
  labels: readonly number[],
  probabilities: Float32Array,
  classes: number,
  groups: readonly string[] | undefined,
  seed: number,
): NoiseEvidence {
  const rowOf = (row: number) => probabilities.subarray(row * classes, (row + 1) * classes);
  const confidence = labels.map((_, row) => Math.max(...rowOf(row)));
  const most = Math.max(2, Math.round(SURE_SHARE * labels.length));
  const surest = [...labels.keys()].sort((a, b) => confidence[b] - confidence[a] || a - b).slice(0, most);
  // How many classes are likelier than the given one.
  const likelier = surest.map((row) => rowOf(row).filter((p) => p > rowOf(row)[labels[row]]).length);
  const theirs = groups && surest.map((row) => groups[row]);
  const shareOf = (correct: boolean[]) =>
    accuracyInterval({ correct, groups: theirs && theirs.slice(0, correct.length), seed });
  const half = Math.floor(classes / 2);
  const farOffAmong = (first: number) =>
    classes < LEAST_CLASSES
      ? null
      : scaled(shareOf(likelier.slice(0, first).map((count) => count >= classes - half)), (classes - 1) / half);
  return {
    sure: shareOf(likelier.map((count) => count === 0)),
    farOff: farOffAmong(surest.length),
    farOffSurest: farOffAmong(Math.max(2, Math.round(SUREST_SHARE * labels.length))),
    contradicted: groups ? contradictedBy(labels, groups, seed) : null,
  };
}

function scaled(interval: Interval, factor: number): Interval {
  const times = (share: number) => Math.min(1, share * factor);
  const { estimate, low, high } = interval;
  return { ...interval, estimate: times(estimate), low: times(low), high: times(high) };
}

/** Whether two group mates agree, for all pairs of mates. */
export function mateAgreement(labels: ArrayLike<number>, groups: readonly string[], rows: Iterable<number>) {
  const members = new Map<string, Map<number, number>>();
  for (const row of rows) {
    const counts = members.get(groups[row]) ?? new Map<number, number>();
    members.set(groups[row], counts.set(labels[row], (counts.get(labels[row]) ?? 0) + 1));
  }
  let pairs = 0, agreeing = 0;
  for (const counts of members.values()) {
    const n = [...counts.values()].reduce((a, b) => a + b, 0);
    pairs += n * (n - 1) / 2;
    for (const count of counts.values()) agreeing += count * (count - 1) / 2;
  }
  return { pairs, agreeing };
}

/** Whether a group has one class as a rule: most pairs of mates agree, and there are enough of them. */
export function groupsAreOfOneClass(labels: ArrayLike<number>, groups: readonly string[]): boolean {
  const { pairs, agreeing } = mateAgreement(labels, groups, groups.keys());
  return pairs >= LEAST_MATES && agreeing / pairs > 0.5;
}

function contradictedBy(labels: readonly number[], groups: readonly string[], seed: number): Interval | null {
  if (!groupsAreOfOneClass(labels, groups)) return null;
  // Whole groups are drawn, so two copies of a group must not become mates of each other: totals are added up.
  const byGroup = new Map<string, number[]>();
  groups.forEach((group, row) => byGroup.set(group, [...(byGroup.get(group) ?? []), row]));
  const totals = [...byGroup.values()].map((rows) => mateAgreement(labels, groups, rows)).filter(({ pairs }) =>
    pairs > 0
  );
  const share = (drawn: readonly number[]) => {
    const pairs = drawn.reduce((sum, i) => sum + totals[i].pairs, 0);
    return 1 - Math.sqrt(drawn.reduce((sum, i) => sum + totals[i].agreeing, 0) / pairs);
  };
  const n = [...byGroup.values()].filter(({ length }) => length > 1).flat().length;
  if (totals.every(({ pairs, agreeing }) => agreeing === pairs)) {
    // Every resample would give 0. At most so many groups can be otherwise, each with a label of its mates wrong.
    return { ...wilson(0, totals.length), n, groups: totals.length, method: "Wilson over groups" };
  }
  const interval = bootstrapInterval(share, { n: totals.length, method: "percentile", resamples: 1000, seed });
  return { ...interval, n, groups: totals.length, method: "bootstrap over groups" };
}

/** A model that is right in less of its surest quarter is not one to judge labels by: its mistakes may be any class. */
const SURE_ENOUGH = 0.7;
/** Share of far-off labels that must be exceeded; right labels of hard problems were seen to reach half of it. */
const FAR_OFF = 0.07;
/** And by the surest tenth. */
const FAR_OFF_SUREST = 0.03;
/** Where group mates contradict more than this, */
const CONTRADICTED = 0.05;
/** less is needed. */
const FAR_OFF_WITH_MATES = 0.03;

/** Whether anything here can tell wrong labels from a hard problem. */
export function canBeJudged({ sure, farOff, contradicted }: NoiseEvidence): boolean {
  return contradicted !== null || (farOff !== null && sure.estimate >= SURE_ENOUGH);
}

/**
 * Whether the labels are to blame, by the lower ends of the intervals: more than 7 % are far off, and still more than
 * 3 % by the surest tenth, by a model that is good enough to say so; or group mates contradict more than 5 %, and the model does not speak against it.
 *
 * The bounds were set on two data sets, with and without labels shuffled on purpose, and err on the side of silence:
 * data/backbone/README.md has the table.
 */
export function labelsAreToBlame({ sure, farOff, farOffSurest, contradicted }: NoiseEvidence): boolean {
  const byModel = farOff !== null && farOffSurest !== null && sure.estimate >= SURE_ENOUGH &&
    farOff.low > FAR_OFF && farOffSurest.low > FAR_OFF_SUREST;
  const byMates = contradicted !== null && contradicted.low > CONTRADICTED &&
    (farOff?.low ?? 1) > FAR_OFF_WITH_MATES;
  return byModel || byMates;
}
