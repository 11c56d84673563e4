import * as engine from "../../engine/mod.ts";
import type { Job } from "./job.ts";
import { InProcess } from "./in_process.ts";
import type { Runner } from "./runner.ts";
import { Workers } from "./workers.ts";

/**
 * Threads of one experiment in a Worker. It is part of what names an experiment, so it is always the same: the number of
 * Workers may change from one machine or run to the next, and what is trained already is still found.
 *
 * One, since two experiments side by side get more done on two processors than one experiment on both: threads wait for
 * each other within an operator. For the small CNN at 64x64 on two idle processors, two threads take 1.7 times the
 * processor time of one in batches of 32 and 1.9 times in batches of 4, and save a tenth of the time, or nothing
 * (`deno task bench experiments`).
 */
const THREADS = 1;

const MOST_WORKERS = 64;

let workers = 0;

/**
 * From now on, experiments are trained in that many Workers, each with one thread, so that as many run at the same time
 * and this thread stays free. 0, as at first: in this thread, one after the other, with the engine's own threads.
 *
 * What comes out is the same for every number of Workers from 1 on, bit for bit, and kept under the same name; in this
 * thread too, where the engine has one thread.
 *
 * @throws RangeError unless it is a whole number from 0 to 64.
 */
export function useWorkers(count: number): void {
  if (!(Number.isInteger(count) && count >= 0 && count <= MOST_WORKERS)) {
    throw new RangeError(
      `Cannot train in ${count} Workers: their number must be a whole number from 0 to ${MOST_WORKERS}`,
    );
  }
  workers = count;
}

/** How many experiments are trained at the same time now. */
export function workersInUse(): number {
  return workers;
}

/** Where experiments are trained and with what, in words: "2 at a time, each with onnx 1.30.0, 1 thread". */
export function trainingPlace(): string {
  return workers === 0
    ? `one after the other, with ${engine.current().label}`
    : `${workers === 1 ? "one" : workers} at a time, each with ${trainingEngine(true).label}`;
}

/** Where experiments are trained now. */
export function currentRunner(): Runner {
  return workers === 0 ? new InProcess() : new Workers(workers);
}

/**
 * What an experiment is trained with.
 *
 * @param isPortable Whether its model can be built in another thread.
 */
export function trainingEngine(isPortable: boolean): Job["engine"] {
  const { name, threads, layout, label } = workers > 0 && isPortable ? engine.currentWith(THREADS) : engine.current();
  return { name, threads, layout, label };
}
