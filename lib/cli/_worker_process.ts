/** The process behind `deno task worker` that may reach the queue. `--with-parent` ends it with the one that started it. */
import { hostname } from "node:os";
import * as dataset from "../dataset/mod.ts";
import { escapeTerminal } from "../display/mod.ts";
import * as engine from "../engine/mod.ts";
import { queueAddress } from "../train/experiments/queue/_address.ts";
import type { OwnImages } from "../train/experiments/queue/_image_source.ts";
import { QueueWorker } from "../train/experiments/queue/queue_worker.ts";
import { whenParentEnds } from "./_queue_process.ts";
import { typedPath } from "./_report_options.ts";
import { parseWorkerArguments } from "./worker.ts";

Deno.permissions.revokeSync({ name: "import" });

const say = (text: string) => console.log(escapeTerminal(text));

async function run(args: readonly string[]): Promise<number> {
  const withParent = args[0] === "--with-parent";
  const options = parseWorkerArguments(withParent ? args.slice(1) : args);
  const url = options.queue!;
  const { label } = await engine.use(options.engine, { threads: 1 });
  const data = await ownData(options.data, options.seed);
  const name = options.name ?? `${hostname().split(".")[0].replace(/[^\w-]/g, "-") || "machine"}-${Deno.pid}`;
  const machine = await QueueWorker.join(url, {
    atOnce: options.workers,
    name,
    data,
    mixedEngines: options.mixedEngines,
    lock: options.lock,
    say,
  });
  const asked = untilAsked(machine, withParent);
  const { version } = machine.machine;
  say(
    `${name}: ${
      options.workers === 1 ? "one experiment" : `${options.workers} experiments`
    } at a time with ${label}, ` +
      `code ${version}, from ${queueAddress(url).shown}. Ctrl-C ends it.`,
  );
  await asked;
  say("Left the queue.");
  return 0;
}

/** A folder that is no data set is said at once. What cannot be read for another reason, a full disk, say, ends nothing. */
async function ownData(folder: string, seed: number): Promise<OwnImages | undefined> {
  if (folder === "") return undefined;
  const opened = new Map<number, Promise<dataset.Dataset>>();
  const own: OwnImages = (size) => {
    const images = opened.get(size) ?? dataset.open(typedPath(folder), { seed, size });
    opened.set(size, images);
    images.catch(() => opened.delete(size));
    return images;
  };
  await own(64).catch((error) => {
    if (error instanceof dataset.DatasetError) throw error;
  });
  return own;
}

async function untilAsked(machine: QueueWorker, withParent: boolean): Promise<void> {
  const asked = Promise.withResolvers<"finish" | "hand back">();
  let before = false;
  const interrupted = () => {
    if (before || machine.busy === 0) return leave("hand back");
    before = true;
    say(
      `Finishing ${
        machine.busy === 1 ? "the experiment" : `${machine.busy} experiments`
      } under way. Ctrl-C again hands back.`,
    );
    leave("finish");
  };
  const leave = (how: "finish" | "hand back") => {
    asked.resolve(how);
    machine.leave(how).catch(() => {});
  };
  Deno.addSignalListener("SIGINT", interrupted);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => leave("hand back"));
  if (withParent) whenParentEnds().then(() => leave("hand back"));
  await machine.leave(await asked.promise);
}

if (import.meta.main) {
  try {
    Deno.exit(await run(Deno.args));
  } catch (error) {
    console.error(escapeTerminal((error as Error).message));
    Deno.exit(1);
  }
}
