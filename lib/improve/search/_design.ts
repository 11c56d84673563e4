import type { Plan, Wanted } from "../../train/mod.ts";
import type { Rung } from "./_race.ts";

/** How much is searched. */
export interface Design {
  readonly rungs: readonly Rung[];
  /** Epochs of the winners in the end, on all outer folds; 0 where there is no time for that. */
  readonly epochs: number;
  /** Outer folds. */
  readonly folds: number;
}

/** What the search's trainings are like. */
export interface Workload {
  /** Images of an outer fold's training part, and its validation part. */
  readonly outer: Pick<Wanted, "trained" | "measured">;
  /** The same of the splits that settings are chosen on. */
  readonly inner: Pick<Wanted, "trained" | "measured">;
  /** Splits, and outer folds. */
  readonly splits: number;
  readonly folds: number;
  /** Epochs of a full training. */
  readonly epochs: number;
  /** Times that a trial of the space takes as long as one of the usual width, on average. */
  readonly effort: number;
}

/** Of the trials of a rung, one in that many goes on. */
const ETA = 3;
/** Races without images of one fold promote others than the race on all images does: so many times the trainings. */
const UNLIKE = 1.6;
/** Fewer epochs tell nothing of a setting. */
const LEAST_EPOCHS = 4;

/** What is tried, the most first: trials, rungs before the last training, share of the epochs. */
const SIZES: readonly {
  readonly trials: number;
  readonly rungs: 1 | 2;
  readonly share: number;
  readonly final: boolean;
}[] = [
  { trials: 27, rungs: 2, share: 1, final: true },
  { trials: 18, rungs: 2, share: 1, final: true },
  { trials: 12, rungs: 1, share: 1, final: true },
  { trials: 12, rungs: 1, share: 3 / 4, final: true },
  { trials: 9, rungs: 1, share: 3 / 4, final: true },
  { trials: 6, rungs: 1, share: 3 / 4, final: true },
  { trials: 6, rungs: 1, share: 1 / 2, final: true },
  { trials: 4, rungs: 1, share: 1 / 2, final: true },
  { trials: 4, rungs: 1, share: 1 / 2, final: false },
];

/** The whole search, of which time may leave less. */
export function wholeDesign(work: Workload): Design {
  return designOf(SIZES[0], work);
}

/**
 * The largest search that takes at most `share` of the time for tuning; null where there is not even time for a few
 * trials. The plan comes from a measurement that is kept, so the same search is made each time.
 */
export function chooseDesign(plan: Pick<Plan, "trainings">, work: Workload, share: number): Design | null {
  /** As a share of the time for tuning. */
  const cost = (of: Pick<Wanted, "trained" | "measured">, epochs: number, count: number) => {
    if (count === 0) return 0;
    const most = plan.trainings("tune", { model: "small", epochs, ...of, count: 1e9 });
    return most === 0 ? Infinity : count / most;
  };
  for (const size of SIZES) {
    const design = designOf(size, work);
    const racing = design.rungs.map(({ trials, epochs }, r) =>
      cost(work.inner, epochs, Math.ceil(trials * (r > 0 ? UNLIKE : 1)) * work.splits)
    ).reduce((sum, one) => sum + one, 0);
    const last = design.epochs === 0 ? 0 : cost(work.outer, design.epochs, work.folds);
    // Of the narrow and the wide, a wide one may win.
    if (work.effort * racing + Math.max(1, work.effort) * last <= share) return design;
  }
  return null;
}

function designOf(
  { trials, rungs, share, final }: typeof SIZES[number],
  { epochs: whole, folds }: Workload,
): Design {
  const epochs = Math.max(LEAST_EPOCHS, Math.round(share * whole));
  const at = (part: number) => Math.max(LEAST_EPOCHS, Math.round(epochs * part));
  return {
    rungs: rungs === 2
      ? [{ trials, epochs: at(1 / ETA ** 2) }, { trials: Math.ceil(trials / ETA), epochs: at(1 / ETA) }]
      : [{ trials, epochs: at(1 / ETA) }],
    epochs: final ? epochs : 0,
    folds,
  };
}
