import { type Ground, otherSeconds, type Scope, trainingSeconds } from "./_workload.ts";

/** What was chosen, and what it is estimated to cost. */
export interface Choice {
  readonly scope: Scope;
  /** Of training. */
  readonly seconds: number;
  /** By how much even the least exceeds the budget; 0 where it fits. */
  readonly over: number;
}

/** Estimates are off by that, and machines have other things to do. */
export const MARGIN = 0.85;

/** What of the time for training the diagnosis (notebooks 01 to 06) may take; the rest is for improving (07 to 10). */
const DIAGNOSIS = 0.55;

/** Without a limit. */
const WHOLE: Scope = { folds: 5, repeats: 2, share: 1, proofs: true, mostImages: null };

/** What is given up for time, step by step: repeats, folds, epochs, proofs. */
const CUTS: readonly Partial<Scope>[] = [
  {},
  { repeats: 1 },
  { repeats: 1, folds: 3 },
  { repeats: 1, folds: 3, share: 0.75 },
  { repeats: 1, folds: 3, share: 0.75, proofs: false },
  { repeats: 1, folds: 3, share: 0.5, proofs: false },
  { repeats: 1, folds: 3, share: 0.3, proofs: false },
  { repeats: 1, folds: 2, share: 0.3, proofs: false },
  { repeats: 1, folds: 2, share: 0.2, proofs: false },
];

/** What the curves are still worth reading with; where images are many, leaving some out costs less than going on. */
const HALF_THE_EPOCHS = 6;
const MOST_IMAGES = [16_000, 8000, 4000, 2000];
const LEAST_IMAGES = 1000;
const LEAST_PER_CLASS = 10;

/** All that could be trained, from the whole down to the least that means something: four epochs, two folds. */
export function scopes({ images, classes, mostFolds }: Pick<Ground, "images" | "classes" | "mostFolds">): Scope[] {
  const wholes = CUTS.map((cut) => ({ ...WHOLE, ...cut }));
  const [readable, sketches] = [wholes.slice(0, HALF_THE_EPOCHS), wholes.slice(HALF_THE_EPOCHS)];
  const capped = (scope: Scope, wanted: number) => {
    const most = Math.max(wanted, LEAST_PER_CLASS * classes);
    return most < images / 2 ? [{ ...scope, mostImages: most }] : [];
  };
  const list = [
    ...readable,
    ...MOST_IMAGES.flatMap((most) => capped(readable[readable.length - 1], most)),
    ...sketches.flatMap((scope) => {
      const few = capped(scope, MOST_IMAGES[MOST_IMAGES.length - 1]);
      return few.length > 0 ? few : [scope];
    }),
    ...capped(wholes[wholes.length - 1], LEAST_IMAGES),
  ];
  return list.map((scope) => ({ ...scope, folds: Math.min(scope.folds, mostFolds) }));
}

/**
 * The most that fits into the budget, with a margin for what is not training.
 *
 * @param budget In seconds; Infinity for no limit.
 */
export function chooseScope(ground: Ground, budget: number): Choice {
  const allowed = DIAGNOSIS * MARGIN * (budget - otherSeconds(ground));
  const all = scopes(ground).map((scope) => ({ scope, seconds: trainingSeconds(ground, scope) }));
  const fitting = all.find(({ seconds }) => seconds <= allowed);
  if (fitting) return { ...fitting, over: 0 };
  const least = all[all.length - 1];
  return { ...least, over: Math.max(0, least.seconds + otherSeconds(ground) - budget) };
}

/** Without a limit, on the same ground. */
export function wholeScope(ground: Ground): Omit<Choice, "over"> {
  const scope = { ...WHOLE, folds: Math.min(WHOLE.folds, ground.mostFolds) };
  return { scope, seconds: trainingSeconds(ground, scope) };
}
