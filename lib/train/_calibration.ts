import { join } from "node:path";
import { policies } from "../augment/mod.ts";
import type { Dataset } from "../dataset/mod.ts";
import { progress } from "../display/mod.ts";
import { cacheRoot, writeWhole } from "../files/mod.ts";
import { canonicalJson, sha256 } from "./_experiment.ts";
import { imageTable } from "./_image_table.ts";
import { type Pace, paceOf, type PaceRequest } from "./_pace.ts";
import { localRunner, trainingEngine, workersInUse } from "./experiments/use_workers.ts";
import { Workers } from "./experiments/workers.ts";

export type { Pace };

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
export const CALIBRATION_VERSION = 4;
/** The models take turns, so that what else runs for a second spoils no model's. */
const ROUNDS = 3;
/** Neighbouring values differ by this factor, about 1.4. Timing noise stays below, so it seldom changes a plan. */
const GRID = Math.SQRT2;

/**
 * The calibration for this data set, engine, number of Workers and budget: measured once, then read. Plans are made from
 * it, and a plan that changed from one notebook to the next would have everything trained again.
 *
 * @param budget In seconds.
 * @throws FileError when it cannot be kept.
 */
export async function calibration(
  dataset: Dataset,
  budget: number,
  measure: (dataset: Dataset) => Promise<Calibration> = calibrate,
): Promise<Calibration> {
  const path = calibrationPath(dataset, budget, trainingEngine(true).label, workersInUse());
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
  workers = 0,
): string {
  // JSON has no Infinity.
  return join(
    cacheRoot(),
    "plans",
    `${sha256(canonicalJson({ fingerprint, size, engine, workers, budget: String(budget) }))}.json`,
  );
}

/**
 * A few training steps of each model on images of this data set, as experiments will run: in this thread, or in all
 * Workers at the same time, who share the processor and its memory. Takes some seconds.
 */
export async function calibrate(dataset: Dataset): Promise<Calibration> {
  const images = await imageTable(dataset, dataset.development.slice(0, 32), dataset.size);
  const bar = progress({ label: "Measuring how fast this machine trains", total: 3 * ROUNDS });
  await using runner = localRunner();
  const engine = trainingEngine(true);
  const requests = {
    thread: { model: "thread-cnn", batch: 32, augmentation: null, images, engine },
    threadOf4: { model: "thread-cnn", batch: 4, augmentation: null, images, engine },
    small: { model: "small-cnn", batch: 32, augmentation: policies.flipShift, images, engine },
  } satisfies Record<keyof Calibration, PaceRequest>;
  const paces = new Map<keyof Calibration, Pace>();
  let turns = 0;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of ["thread", "threadOf4", "small"] as const) {
        const pace = await (runner instanceof Workers ? runner.pace(requests[name]) : paceOf(requests[name]));
        const earlier = paces.get(name);
        // The engine prepares itself in the first round only.
        paces.set(name, earlier ? { step: Math.min(earlier.step, pace.step), first: earlier.first } : pace);
        bar.update(++turns);
      }
    }
    const rounded = (name: keyof Calibration): Pace => {
      const { step, first } = paces.get(name)!;
      return { step: onGrid(step), first: onGrid(first) };
    };
    return { thread: rounded("thread"), threadOf4: rounded("threadOf4"), small: rounded("small") };
  } finally {
    await bar.finish();
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
