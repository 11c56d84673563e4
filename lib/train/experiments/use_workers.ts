import * as engine from "../../engine/mod.ts";
import type { Job } from "./job.ts";
import { InProcess } from "./in_process.ts";
import { Elsewhere, type Remote } from "./remote.ts";
import type { QueueOptions } from "./queue/queue_runner.ts";
import type { QueueFacts } from "./relay/_messages.ts";
import { Relay } from "./relay/relay.ts";
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
/** Where experiments go instead, where they do. */
let elsewhere: { readonly remote: Remote; readonly queue: Omit<QueueFacts, "atOnce"> } | null = null;

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

/**
 * From now on, experiments are trained on the machines of a queue, where `deno task worker` runs. What comes out is what
 * Workers of this process give, bit for bit, and is kept under the same name; with `mixedEngines`, which lets any machine
 * train them, under another. A model that is code (a person's own file, or made in a cell) is trained here all the same.
 *
 * @param url As `redis://host:6379`.
 * @returns To be disposed of when nothing is to be trained there any more: experiments are trained here again then.
 * @throws QueueError where the queue cannot be used.
 */
export async function useQueue(url: string, options: QueueOptions = {}): Promise<AsyncDisposable> {
  // Late: who has no queue need not load what speaks to one.
  const { QueueRunner } = await import("./queue/queue_runner.ts");
  const remote = await QueueRunner.open(url, options);
  const { mixedEngines = false } = options;
  const mine = elsewhere = { remote, queue: { shown: remote.connection.address.shown, mixedEngines } };
  return {
    async [Symbol.asyncDispose]() {
      if (elsewhere === mine) elsewhere = null;
      await remote[Symbol.asyncDispose]();
    },
  };
}

/**
 * The same through a process of this machine that holds the queue (`serveRelay`), for one that will give up the network.
 *
 * @throws QueueError where it does not answer.
 */
export async function useRelay(port: number, token: string): Promise<Disposable> {
  const remote = await Relay.connect(port, token);
  const mine = elsewhere = { remote, queue: remote.facts };
  return {
    [Symbol.dispose]() {
      if (elsewhere === mine) elsewhere = null;
      remote.close();
    },
  };
}

/** Whether experiments that can travel may be trained with any engine. */
export function anyEngine(): boolean {
  return elsewhere?.queue.mixedEngines ?? false;
}

/** How many experiments are trained at the same time now, on this machine. */
export function workersInUse(): number {
  return workers;
}

/** Where experiments are trained and with what, in words: "2 at a time, each with onnx 1.30.0, 1 thread". */
export function trainingPlace(): string {
  if (elsewhere !== null) {
    const { shown, mixedEngines } = elsewhere.queue;
    return `on the machines of the queue ${shown}, each with ${
      mixedEngines ? "an engine of its own" : trainingEngine(true).label
    }`;
  }
  return workers === 0
    ? `one after the other, with ${engine.current().label}`
    : `${workers === 1 ? "one" : workers} at a time, each with ${trainingEngine(true).label}`;
}

/** Where experiments are trained now. */
export function currentRunner(): Runner {
  return elsewhere === null ? localRunner() : new Elsewhere(elsewhere.remote, new Workers(Math.max(1, workers)));
}

/** Where they would be trained on this machine. */
export function localRunner(): Runner {
  return workers === 0 ? new InProcess() : new Workers(workers);
}

/**
 * What an experiment is trained with.
 *
 * @param isPortable Whether its model can be built in another thread.
 */
export function trainingEngine(isPortable: boolean): Job["engine"] {
  const oneThread = (workers > 0 || elsewhere !== null) && isPortable;
  const { name, threads, layout, label } = oneThread ? engine.currentWith(THREADS) : engine.current();
  return { name, threads, layout, label };
}
