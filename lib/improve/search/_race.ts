import type { Fold } from "../../dataset/mod.ts";
import { predictedClasses } from "../../diagnose/mod.ts";
import type { InnerSplits, Look } from "./_inner_splits.ts";
import { promote, type Stopped } from "./_promotion.ts";
import type { Evaluate, Settings, TrialOutcome } from "./types.ts";

/** A step of successive halving. */
export interface Rung {
  /** Trials that it begins with at most. */
  readonly trials: number;
  readonly epochs: number;
}

/** What a trial said of the images of all splits at the last rung that it reached in the whole race. */
export interface Tried {
  readonly settings: Settings;
  /** Accuracy at each rung that it reached. */
  readonly scores: readonly number[];
  /** Why it went no further; null for the winner. */
  readonly stopped: Stopped | null;
  /** [m, K], row by row, in the order of `Raced.measured`. */
  readonly probabilities: Float32Array;
  /** [m] */
  readonly correct: readonly boolean[];
}

/** How races went. */
export interface Raced {
  /** In the order of the trials. */
  readonly tried: readonly Tried[];
  /** Index of the trial that won among all images. */
  readonly winner: number;
  /** Per outer fold, the trial that won without the images of that fold. */
  readonly winners: readonly number[];
  /** Images that the whole race measured on, in the order of `Tried.correct`: each as often as there are splits with it. */
  readonly measured: readonly number[];
  /** Trainings done. */
  readonly trainings: number;
  /** Seconds that they took when they were done. */
  readonly seconds: number;
}

/** What races are run on. */
export interface RaceGround {
  /** Class of each image, by its index. */
  readonly labelOf: (image: number) => number;
  /** K. */
  readonly classes: number;
  /** Epochs that the winner is trained for in the end. */
  readonly epochs: number;
}

/**
 * Successive halving, once on all images and once for each outer fold without its images. The races share their
 * trainings: what a trial learnt from a split is measured for each race on the images it may look at.
 *
 * Everything follows from what `evaluate` gives: the same outcomes, the same decisions.
 *
 * @param rungs At least one; `trials` of the first covers all `trials`.
 */
export async function race(
  trials: readonly Settings[],
  { splits, races }: InnerSplits,
  rungs: readonly Rung[],
  evaluate: Evaluate,
  ground: RaceGround,
): Promise<Raced> {
  const whole: readonly Look[] = splits.map(({ validation }, split) => ({ split, images: validation }));
  const tracks = [whole, ...races].map((looks) => new Track(looks, trials.length));
  const measured = whole.flatMap(({ images }) => images);
  let trainings = 0, seconds = 0;
  const last = new Map<number, { correct: boolean[]; probabilities: Float32Array }>();

  for (const [r, { epochs }] of rungs.entries()) {
    const wanted = jobsOf(tracks);
    const outcomes = await evaluate(wanted.map(({ trial, split }) => ({
      settings: trials[trial],
      epochs,
      fold: splits[split],
      label: `trial ${trial + 1} of ${trials.length}, rung ${r + 1}, split ${split + 1} of ${splits.length}`,
    })));
    trainings += wanted.length;
    seconds += outcomes.reduce((sum, one) => sum + one.seconds, 0);
    const results = new Map(
      wanted.map(({ trial, split }, i) => [key(trial, split), measure(outcomes[i], splits[split], ground)]),
    );
    for (const trial of tracks[0].alive) {
      last.set(trial, together(whole.map(({ split }) => results.get(key(trial, split))!)));
    }
    const keep = r + 1 < rungs.length ? rungs[r + 1].trials : 1;
    const soFar = rungs.slice(0, r + 1).map((rung) => rung.epochs);
    for (const track of tracks) track.decide(results, keep, { rungs: soFar, epochs: ground.epochs });
  }
  const [all, ...each] = tracks;
  return {
    tried: trials.map((settings, trial) => ({
      settings,
      scores: all.scores[trial],
      stopped: all.stopped.get(trial) ?? null,
      ...last.get(trial)!,
    })),
    winner: all.alive[0],
    winners: each.map(({ alive }) => alive[0]),
    measured,
    trainings,
    seconds,
  };
}

/** One race: who is still in it, and how all have done. */
class Track {
  readonly scores: number[][];
  readonly stopped = new Map<number, Stopped>();
  /** The best first, once it is decided. */
  alive: readonly number[];
  readonly #n: number;

  constructor(readonly looks: readonly Look[], trials: number) {
    this.alive = Array.from({ length: trials }, (_, trial) => trial);
    this.scores = this.alive.map(() => []);
    this.#n = looks.reduce((sum, { images }) => sum + images.length, 0);
  }

  decide(
    results: ReadonlyMap<string, Measured>,
    keep: number,
    at: { readonly rungs: readonly number[]; readonly epochs: number },
  ): void {
    const inOrder = this.alive.toSorted((a, b) => a - b);
    for (const trial of inOrder) {
      const right = this.looks.reduce((sum, { split, images }) => {
        const { hits } = results.get(key(trial, split))!;
        return sum + images.filter((image) => hits.get(image)).length;
      }, 0);
      this.scores[trial].push(right / this.#n);
    }
    const standings = inOrder.map((trial) => ({
      trial,
      scores: this.scores[trial],
      losses: this.looks.map(({ split }) => results.get(key(trial, split))!.losses),
    }));
    const { promoted, stopped } = promote(standings, keep, { ...at, images: this.#n });
    this.alive = promoted;
    for (const [trial, why] of stopped) this.stopped.set(trial, why);
  }
}

interface Measured {
  /** Whether each image of the split's validation part was classified right. */
  readonly hits: ReadonlyMap<number, boolean>;
  readonly correct: readonly boolean[];
  readonly losses: readonly number[];
  readonly probabilities: Float32Array;
}

function measure(
  { probabilities, losses }: TrialOutcome,
  { validation }: Fold,
  { labelOf, classes }: RaceGround,
): Measured {
  const said = predictedClasses(probabilities, classes);
  const correct = validation.map((image, i) => said[i] === labelOf(image));
  return { hits: new Map(validation.map((image, i) => [image, correct[i]])), correct, losses, probabilities };
}

function together(parts: readonly Measured[]) {
  const probabilities = new Float32Array(parts.reduce((sum, part) => sum + part.probabilities.length, 0));
  let at = 0;
  for (const part of parts) {
    probabilities.set(part.probabilities, at);
    at += part.probabilities.length;
  }
  return { correct: parts.flatMap(({ correct }) => correct), probabilities };
}

/** Each training that some race needs, once: trial by trial, split by split. */
function jobsOf(tracks: readonly Track[]): { readonly trial: number; readonly split: number }[] {
  const wanted = new Map<string, { trial: number; split: number }>();
  for (const { alive, looks } of tracks) {
    for (const trial of alive) for (const { split } of looks) wanted.set(key(trial, split), { trial, split });
  }
  return [...wanted.values()].sort((a, b) => a.trial - b.trial || a.split - b.split);
}

const key = (trial: number, split: number) => `${trial}/${split}`;
