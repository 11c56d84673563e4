/** A machine of `deno task bench queue`: it waits instead of training. Arguments: URL, name, lanes, seconds of a job. */
import * as engine from "../../lib/engine/mod.ts";
import type { Outcome } from "../../lib/train/experiments/job.ts";
import type { Runner } from "../../lib/train/experiments/runner.ts";
import { QueueWorker } from "../../lib/train/experiments/queue/queue_worker.ts";

const [url, name, lanes, seconds] = Deno.args;
/** Of the small CNN, about. */
const WEIGHTS = 100_000;

const runner: Runner = {
  atOnce: Number(lanes),
  async run({ job }, { onProgress }): Promise<Outcome> {
    const end = performance.now() + Number(seconds) * 1000;
    for (let left = end - performance.now(); left > 0; left = end - performance.now()) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(100, left)));
      onProgress(1, null);
    }
    return {
      detail: { history: [], keptEpoch: 1, parameters: WEIGHTS, trainingAccuracy: 1, deadUnits: [] },
      probabilities: new Float32Array(job.parts.validation.length * job.images.classes),
      weights: new Float32Array(WEIGHTS),
      accuracy: 1,
      seconds: Number(seconds),
    };
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
await engine.use("cpu");
await QueueWorker.join(url, { atOnce: Number(lanes), name, say: () => {}, runner });
console.log("ready");
for await (const _ of Deno.stdin.readable);
Deno.exit(0);
