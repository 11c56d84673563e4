/** How a trial stands in a race, at one rung. */
export interface Standing {
  readonly trial: number;
  /** Accuracy at each rung that it reached, on the images of the race. */
  readonly scores: readonly number[];
  /** Training losses by epoch, of each of its trainings at this rung. */
  readonly losses: readonly (readonly number[])[];
}

/** Why a trial goes no further. */
export type Stopped = "behind" | "no number" | "not learning" | "cannot catch up";

/** What a race decides after a rung. */
export interface Promotion {
  /** Trials that go on, the best first. */
  readonly promoted: readonly number[];
  /** Why each of the others does not. */
  readonly stopped: ReadonlyMap<number, Stopped>;
}

/** A gap to the leader of that many standard errors is more than luck. */
const LUCK = 2;

/**
 * One step of successive halving: the best `keep` go on to the next rung. Trials whose curves leave no hope do not take
 * anybody's time, even where they would be among the best: those whose loss is no number any more or does not fall, and
 * those that would not reach the leader if their accuracy went on rising with the logarithm of the epochs as it did.
 *
 * At least one goes on. Of equals, the first in the list does.
 *
 * @param standings All trials still in the race.
 * @param at Epochs of each rung so far, `epochs` in the end, and `images` measured on.
 *
 * Jamieson and Talwalkar (2016), Non-stochastic best arm identification and hyperparameter optimization. AISTATS 2016,
 * 240–248. Domhan, Springenberg and Hutter (2015), Speeding up automatic hyperparameter optimization of deep neural
 * networks by extrapolation of learning curves. IJCAI 2015, 3460–3468.
 */
export function promote(
  standings: readonly Standing[],
  keep: number,
  at: { readonly rungs: readonly number[]; readonly epochs: number; readonly images: number },
): Promotion {
  const score = ({ scores }: Standing) => scores[scores.length - 1];
  const ranked = standings.map((one, place) => ({ one, place }))
    .toSorted((a, b) => score(b.one) - score(a.one) || a.place - b.place)
    .map(({ one }) => one);
  const stopped = new Map<number, Stopped>();
  for (const one of ranked) {
    const why = hopeless(one) ?? (reach(one, at) < score(ranked[0]) ? "cannot catch up" : null);
    if (why !== null) stopped.set(one.trial, why);
  }
  const able = ranked.filter(({ trial }) => !stopped.has(trial));
  // Where all are hopeless, the best of them still has to be something.
  const going = able.length === 0 ? ranked.slice(0, 1) : able.slice(0, Math.max(1, keep));
  const promoted = going.map(({ trial }) => trial);
  for (const trial of promoted) stopped.delete(trial);
  for (const { trial } of able) if (!promoted.includes(trial)) stopped.set(trial, "behind");
  return { promoted, stopped };
}

/** Training itself tells; the images of the race have no part in it. */
function hopeless({ losses }: Standing): Stopped | null {
  if (losses.some((curve) => curve.some((loss) => !Number.isFinite(loss)))) return "no number";
  const stuck = ([first, ...rest]: readonly number[]) => rest.length > 0 && Math.min(...rest) >= first;
  return losses.length > 0 && losses.every(stuck) ? "not learning" : null;
}

/** The accuracy that its own rise promises for the end, with luck; without two points on the curve, nobody knows. */
function reach(
  { scores }: Standing,
  { rungs, epochs, images }: { rungs: readonly number[]; epochs: number; images: number },
): number {
  const last = scores.length - 1;
  if (last < 1) return Infinity;
  const rise = (scores[last] - scores[last - 1]) / Math.log(rungs[last] / rungs[last - 1]);
  const end = scores[last] + Math.max(0, rise) * Math.log(epochs / rungs[last]);
  return end + LUCK * Math.sqrt(Math.max(end * (1 - end), 0.25 / images) / images);
}
