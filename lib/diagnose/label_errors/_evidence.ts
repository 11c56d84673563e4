import { accuracyInterval, bootstrapInterval, type Interval, wilson } from "../../stats/mod.ts";

/** Images that the surest predictions are judged on: a tenth, but at least so many that their interval says something. */
const SURE_SHARE = 0.1;
const SURE_LEAST = 50;

/** Below this many mates, groups say nothing. */
const LEAST_MATES = 30;

/** What tells wrong labels from a hard problem. */
export interface NoiseEvidence {
  /** Share of the surest tenth of the predictions that agree with the given labels. */
  readonly sure: Interval;
  /**
   * Share of the labels that group mates contradict, where groups are known and are of one class as a rule; else null.
   */
  readonly contradicted: Interval | null;
}

/**
 * Gathers the two kinds of evidence that a hard problem does not produce by itself:
 *
 * - **The surest predictions.** A model that is wrong half the time may still know a tenth of the images well; where the
 *   labels are right, nearly all of those are right. A share e of wrong labels caps every such score at about 1 - e, for
 *   any model.
 * - **Group mates.** Where images of one group (one thing, one emoji) have the same class as a rule, two mates agree
 *   with probability (1 - e)², so 1 - √agreement estimates e, without any model. Where groups cut across classes, as
 *   persons do, they say nothing and are left out.
 *
 * @param labels [n]
 * @param predicted [n] Likeliest class.
 * @param confidence [n] Its probability.
 * @param groups [n] Where they are known.
 */
export function noiseEvidence(
  labels: readonly number[],
  predicted: ArrayLike<number>,
  confidence: ArrayLike<number>,
  groups: readonly string[] | undefined,
  seed: number,
): NoiseEvidence {
  const most = Math.min(labels.length, Math.max(SURE_LEAST, Math.round(SURE_SHARE * labels.length)));
  const surest = [...labels.keys()].sort((a, b) => confidence[b] - confidence[a] || a - b).slice(0, most);
  return {
    sure: accuracyInterval({
      correct: surest.map((row) => labels[row] === predicted[row]),
      groups: groups && surest.map((row) => groups[row]),
      seed,
    }),
    contradicted: groups ? contradictedBy(labels, groups, seed) : null,
  };
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

/** The surest predictions of clean labels are right more often than this, even where the problem is hard. */
const SURE_WHEN_CLEAN = 0.9;
/** Where group mates contradict labels as well, less is needed. */
const SURE_AT_MOST = 0.95;
/** Fewer wrong labels than this are found one by one; there is no need to warn. */
const WORTH_A_WARNING = 0.05;

/**
 * Whether the labels are to blame: the surest predictions are wrong too often, by the upper end of their interval; or
 * group mates contradict more than 5 % of the labels, by the lower end of theirs, and the surest predictions do not
 * speak against it.
 *
 * The bounds were set on two data sets, with and without labels shuffled on purpose (data/backbone/README.md has the
 * table), and err on the side of silence: a model that is hardly better than chance has no sure predictions to judge by.
 */
export function labelsAreToBlame({ sure, contradicted }: NoiseEvidence): boolean {
  if (sure.high < SURE_WHEN_CLEAN) return true;
  return contradicted !== null && contradicted.low > WORTH_A_WARNING && sure.high < SURE_AT_MOST;
}
