import { join } from "node:path";
import { policies } from "../augment/mod.ts";
import type { Dataset } from "../dataset/mod.ts";
import { progress } from "../display/mod.ts";
import { current, type layers, tf } from "../engine/mod.ts";
import { cacheRoot, writeWhole } from "../files/mod.ts";
import { type ModelSpec, smallCnn, threadCnn } from "../model/mod.ts";
import { Random } from "../stats/mod.ts";
import { type Examples, inputs, targets } from "./_batches.ts";
import { breathe } from "./_breathe.ts";
import { canonicalJson, sha256 } from "./_experiment.ts";
import { trainingConfig } from "./config.ts";
import type { TrainingConfig } from "./types.ts";

/** How fast one model trains here. */
export interface Pace {
  /** Seconds of one training step, when nothing else keeps the machine busy. */
  readonly step: number;
  /** Seconds of the very first steps, in which the engine prepares itself. */
  readonly first: number;
}

/** How fast this machine trains on this data set with the engine in use. */
export interface Calibration {
  /** The thread's CNN, batches of 32. */
  readonly thread: Pace;
  /** The same in batches of 4. */
  readonly threadOf4: Pace;
  /** The small CNN, batches of 32, images varied. */
  readonly small: Pace;
}

/** Raise it when what is measured changes. */
export const CALIBRATION_VERSION = 3;
/** Engines compile what they are given during the first steps: these say nothing about the others. */
const FIRST_STEPS = 3;
/** Steps are taken in turns, the models one after the other, so that what else runs for a second spoils no model's. */
const ROUNDS = 4;
const STEPS = 4;
/** Where steps are slow, fewer have to do: seconds of a model's turn. */
const MOST_SECONDS = 2;
/** Neighbouring values differ by this factor, about 1.4. Timing noise stays below, so it seldom changes a plan. */
const GRID = Math.SQRT2;

/**
 * The calibration for this data set, engine and budget: measured once, then read. Plans are made from it, and a plan
 * that changed from one notebook to the next would have everything trained again.
 *
 * @param budget In seconds.
 * @throws FileError when it cannot be kept.
 */
export async function calibration(
  dataset: Dataset,
  budget: number,
  measure: (dataset: Dataset) => Promise<Calibration> = calibrate,
): Promise<Calibration> {
  const path = calibrationPath(dataset, budget, current().label);
  const known = await read(path);
  if (known) return known;
  const measured = await measure(dataset);
  // Somebody else may have measured meanwhile: the first to be kept counts.
  const theirs = await read(path);
  if (theirs) return theirs;
  await writeWhole(path, JSON.stringify({ version: CALIBRATION_VERSION, ...measured }));
  return measured;
}

/** Where it is kept. */
export function calibrationPath(
  { fingerprint, size }: Pick<Dataset, "fingerprint" | "size">,
  budget: number,
  engine: string,
): string {
  // JSON has no Infinity.
  return join(
    cacheRoot(),
    "plans",
    `${sha256(canonicalJson({ fingerprint, size, engine, budget: String(budget) }))}.json`,
  );
}

/** A few training steps of each model on images of this data set. Takes some seconds. */
export async function calibrate(dataset: Dataset): Promise<Calibration> {
  const rows = dataset.development.slice(0, 32);
  const examples: Examples = {
    pixels: await dataset.pixels(rows),
    labels: dataset.labels(rows),
    size: dataset.size,
    classes: dataset.classes.length,
  };
  const bar = progress({ label: "Measuring how fast this machine trains", total: 3 + ROUNDS });
  using runners = new Runners();
  try {
    const start = async (name: keyof Calibration, ...how: [ModelSpec, number, TrainingConfig["augmentation"]]) => {
      await runners.start(name, examples, ...how);
      bar.update(runners.size);
    };
    await start("thread", threadCnn(), 32, null);
    await start("threadOf4", threadCnn(), 4, null);
    await start("small", smallCnn(), 32, policies.flipShift);
    for (let round = 1; round <= ROUNDS; round++) {
      await runners.round();
      bar.update(3 + round);
    }
    return runners.paces();
  } finally {
    await bar.finish();
  }
}

/** Models in training, to be timed in turns. */
class Runners implements Disposable {
  readonly #list = new Map<keyof Calibration, { step: () => Promise<number>; first: number; least: number }>();
  readonly #models: layers.LayersModel[] = [];

  get size(): number {
    return this.#list.size;
  }

  /** Builds a model and takes its first steps. */
  async start(
    name: keyof Calibration,
    examples: Examples,
    spec: ModelSpec,
    batch: number,
    augmentation: TrainingConfig["augmentation"],
  ): Promise<void> {
    const { loss, learningRate, inputRange } = trainingConfig();
    const rows = Array.from({ length: Math.min(batch, examples.labels.length) }, (_, i) => i);
    const random = new Random("calibration");
    const variation = augmentation ? { policy: augmentation, random } : undefined;
    const model = spec.build({ size: examples.size, classes: examples.classes, seed: 1 });
    this.#models.push(model);
    model.compile({ optimizer: tf.train.adam(learningRate), loss, metrics: ["categoricalAccuracy"] });
    const step = async () => {
      const start = performance.now();
      const [x, y] = [inputs(examples, rows, inputRange, variation), targets(examples, rows)];
      await model.trainOnBatch(x, y);
      tf.dispose([x, y]);
      return (performance.now() - start) / 1000;
    };
    let first = 0;
    for (let i = 0; i < FIRST_STEPS; i++) first += await step();
    this.#list.set(name, { step, first, least: Infinity });
  }

  /** A few steps of each. */
  async round(): Promise<void> {
    for (const runner of this.#list.values()) {
      let spent = 0;
      for (let i = 0; i < STEPS && spent < MOST_SECONDS; i++) {
        const seconds = await runner.step();
        runner.least = Math.min(runner.least, seconds);
        spent += seconds;
        await breathe();
      }
    }
  }

  /** The quickest step of each: other work on the machine only ever makes steps longer. */
  paces(): Calibration {
    const pace = (name: keyof Calibration): Pace => {
      const { first, least } = this.#list.get(name)!;
      return { step: onGrid(least), first: onGrid(first) };
    };
    return { thread: pace("thread"), threadOf4: pace("threadOf4"), small: pace("small") };
  }

  [Symbol.dispose](): void {
    for (const model of this.#models) {
      model.dispose();
      model.optimizer?.dispose();
    }
  }
}

/** The nearest of few values. */
export function onGrid(seconds: number): number {
  return GRID ** Math.round(Math.log(seconds) / Math.log(GRID));
}

/** Null where there is none, or none that can be understood: then it is measured again. */
async function read(path: string): Promise<Calibration | null> {
  try {
    const { version, ...paces } = JSON.parse(await Deno.readTextFile(path));
    const isPace = (pace?: Pace) => pace !== undefined && pace.step > 0 && pace.first > 0;
    const { thread, threadOf4, small } = paces;
    return version === CALIBRATION_VERSION && [thread, threadOf4, small].every(isPace)
      ? { thread, threadOf4, small }
      : null;
  } catch {
    return null;
  }
}
