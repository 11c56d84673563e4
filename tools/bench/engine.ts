/**
 * `deno task bench engine [--rounds=40] [--cases=text] [--peers=onnx,standard,torch,keras,wasm,cpu] [--python=python3]`: time of
 * one training step (or prediction) on the `onnx` engine beside its peers, in interleaved rounds. Peers that are not
 * installed, or cannot run a case, are skipped by name.
 *
 * Two kinds of peers tell what the engine's rewriting passes are worth: `unrewritten` does without them, and
 * `without:channelDots`, for any of their names, without one.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Case, cases, operations } from "./cases.ts";
import type { Peer } from "./peer.ts";
import { processPeer } from "./process_peer.ts";
import { passNames } from "../../lib/engine/onnx/rewriting/mod.ts";
import { quartiles } from "./quartiles.ts";

/** Peers that are far slower get fewer rounds and only cases of less than this many operations a step. */
const SLOW = { names: ["cpu", "wasm"], rounds: 3, operations: 3e8 };

/** Pause before a peer's turn, so that the one before has stopped spinning. */
const PAUSE_MS = 30;

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

export async function benchEngine(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: "string", default: "40" },
      cases: { type: "string", default: "" },
      peers: { type: "string", default: "onnx,standard,torch,keras,wasm,cpu" },
      python: { type: "string", default: "python3" },
    },
  });
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds >= 1)) {
    throw new Error(`Cannot measure ${values.rounds} rounds: --rounds must be an integer from 1`);
  }
  const chosen = cases.filter(({ name }) => values.cases.split(";").some((text) => name.includes(text)));
  if (chosen.length === 0) {
    throw new Error(
      `Cannot measure "${values.cases}": no case has that in its name (${cases.map((c) => c.name).join("; ")})`,
    );
  }
  const starters = peerStarters(values.python).filter(({ kind }) => values.peers.split(",").includes(kind));
  const peak = await matrixPeak();
  console.log(`matrix product: ${peak.toFixed(0)} GFLOP/s; ${rounds} interleaved rounds; milliseconds per step`);
  for (const case_ of chosen) await measureCase(case_, starters, rounds, peak);
}

interface Starter {
  readonly kind: string;
  readonly name: string;
  start(): Peer;
}

function peerStarters(python: string): Starter[] {
  const script = (name: string, ...args: string[]) => () => processPeer(name, python, args);
  const worker = (engine: string, ...choice: string[]) => () =>
    processPeer([engine, ...choice].join(" "), "deno", ["run", "-A", "-q", path("worker.ts"), engine, ...choice]);
  return [
    { kind: "onnx", name: "onnx", start: worker("onnx") },
    { kind: "standard", name: "onnx standard", start: worker("onnx", "standard") },
    ...["unrewritten", ...passNames.map((pass) => `without:${pass}`)].map((choice) => ({
      kind: choice,
      name: `onnx ${choice}`,
      start: worker("onnx", choice),
    })),
    ...["contiguous", "channels_last"].map((format) => ({
      kind: "torch",
      name: `PyTorch ${format}`,
      start: script(`PyTorch ${format}`, path("torch_peer.py"), format),
    })),
    { kind: "keras", name: "Keras on TensorFlow", start: script("Keras on TensorFlow", path("keras_peer.py")) },
    { kind: "wasm", name: "wasm", start: worker("wasm") },
    { kind: "cpu", name: "cpu", start: worker("cpu") },
  ];
}

async function measureCase(case_: Case, starters: readonly Starter[], rounds: number, peak: number): Promise<void> {
  const flops = operations(case_);
  console.log(`\n${case_.name} (${(flops / 1e9).toFixed(2)} GFLOP a step)`);
  const peers: { peer: Peer; slow: boolean; times: number[] }[] = [];
  for (const { name, start } of starters) {
    const slow = SLOW.names.includes(name);
    if (slow && flops > SLOW.operations) {
      console.log(`  ${name.padEnd(24)} skipped: takes too long`);
      continue;
    }
    let peer: Peer | undefined;
    try {
      peer = start();
      await peer.prepare(case_);
      peers.push({ peer, slow, times: [] });
    } catch (error) {
      console.log(`  ${name.padEnd(24)} skipped: ${reason(error)}`);
      await peer?.close();
    }
  }
  const steps = flops > 3e9 ? 3 : 8;
  for (let round = 0; round < rounds; round++) {
    for (const { peer, slow, times } of peers) {
      if (slow && round >= SLOW.rounds) continue;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      times.push(await peer.measure(steps));
    }
  }
  const own = peers.find(({ peer }) => peer.name === "onnx");
  for (const { peer, times } of peers) {
    const [first, median, third] = quartiles(times);
    const speed = flops / median / 1e6;
    // Ratios within a round: what disturbs one disturbs its neighbour.
    const ratios = own && peer !== own.peer ? quartiles(times.map((ms, round) => own.times[round] / ms)) : null;
    console.log(
      `  ${peer.name.padEnd(24)} ${median.toFixed(1).padStart(8)} [${first.toFixed(1)}, ${third.toFixed(1)}]  ` +
        `${speed.toFixed(0).padStart(5)} GFLOP/s  ${(100 * speed / peak).toFixed(0).padStart(3)} % of peak` +
        (ratios ? `  onnx takes ${ratios[1].toFixed(2)}x [${ratios[0].toFixed(2)}, ${ratios[2].toFixed(2)}]` : ""),
    );
  }
  for (const { peer } of peers) await peer.close();
}

/** What a missing peer comes down to. */
function reason(error: unknown): string {
  const { message } = error as Error;
  return message === "it ended" ? "not installed, or it failed to start" : message.split("\n")[0];
}

/** GFLOP/s of a large matrix product on the engine. */
async function matrixPeak(): Promise<number> {
  const { tf, use } = await import("../../lib/engine/mod.ts");
  await use("onnx");
  const n = 1536;
  const [a, b] = [tf.randomUniform([n, n]), tf.randomUniform([n, n])];
  let best = Infinity;
  for (let i = 0; i < 12; i++) {
    const start = performance.now();
    // A sum leaves one number to be copied.
    const sum = tf.tidy(() => tf.sum(tf.matMul(a, b)));
    sum.dataSync();
    best = Math.min(best, performance.now() - start);
    sum.dispose();
  }
  return 2 * n ** 3 / best / 1e6;
}
