import { parentPort } from "node:worker_threads";
import * as engine from "../../engine/mod.ts";
import { rebuild } from "../../model/mod.ts";
import { paceOf } from "../_pace.ts";
import type { Reply, Request } from "./_messages.ts";
import { trainJob } from "./train_job.ts";

/** Told at most so often, in milliseconds. */
const PROGRESS = 100;

const port = parentPort!;
/** Once stopped, for good: whoever stops one training ends the Worker too. */
let stopped = false;
const stop = { stopRequested: () => stopped, [Symbol.dispose]() {} };

port.on("message", async (request: Request) => {
  if (request.kind === "stop") stopped = true;
  else if (request.kind === "end") end();
  else {
    try {
      const reply = await answer(request);
      say(reply, reply.kind === "trained" ? [reply.outcome.probabilities.buffer, reply.outcome.weights.buffer] : []);
    } catch (error) {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      say({ kind: "failed", name, message, stack });
    }
  }
});

async function answer(request: Request & { readonly kind: "train" | "pace" }): Promise<Reply> {
  const wanted = request.kind === "train" ? request.job.engine : request.pace.engine;
  await engine.use(wanted.name, { threads: wanted.threads, layout: wanted.layout });
  if (request.kind === "pace") return { kind: "paced", pace: await paceOf(request.pace) };
  const { job, images } = request;
  const before = new Map(engine.report().fallbacks.map(({ kernel, calls }) => [kernel, calls]));
  const { size, classes } = job.images;
  let told = -Infinity;
  const outcome = await trainJob(
    job,
    images,
    () => rebuild(job.model!, { size, classes, seed: job.config.seed }),
    {
      stop,
      onProgress(epochs, last) {
        if (performance.now() - told < PROGRESS) return;
        told = performance.now();
        say({ kind: "progress", epochs, last });
      },
    },
  );
  const fallbacks = engine.report().fallbacks
    .map(({ kernel, calls }) => ({ kernel, calls: calls - (before.get(kernel) ?? 0) }))
    .filter(({ calls }) => calls > 0);
  return { kind: "trained", outcome, fallbacks };
}

function say(reply: Reply, moved: ArrayBufferLike[] = []): void {
  port.postMessage(reply, moved as ArrayBuffer[]);
}

/** Native sessions outlive their Worker unless they are released: 280 MB of each that trains the CNN of the question at 64x64. */
function end(): void {
  try {
    engine.end();
  } catch {
    // none was in use yet
  }
  Deno.exit(0); // ends this Worker only
}
