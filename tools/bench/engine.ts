/**
 * `deno task bench engine [--rounds=40] [--cases=text] [--peers=onnx,standard,tensorflow,torch,keras,webgpu,wasm,cpu] [--python=python3]`: time of
 * one training step (or prediction) on the `onnx` engine beside its peers, in interleaved rounds. Peers that are not
 * installed, or cannot run a case, are skipped by name.
 *
 * Some peers tell what the engine's rewriting passes are worth: `unrewritten` does without them, and
 * `without:channelDots`, for any of their names, without one. `unrepeated` records every step anew.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Case, cases, operations } from "./cases.ts";
import type { Measurement, Peer, Preparation } from "./peer.ts";
import { processPeer } from "./process_peer.ts";
import { passNames } from "../../lib/engine/onnx/rewriting/mod.ts";
import { line, type Measured, summary } from "./table.ts";

/** Peers that are far slower get three rounds of one step, and only cases of less than so many operations a step. */
const SLOW: Readonly<Record<string, number>> = { cpu: 3e8, wasm: 4e9, webgpu: 4e9 };
const SLOW_ROUNDS = 3;

/** Pause before a peer's turn, so that the one before has stopped spinning. */
const PAUSE_MS = 30;

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

export async function benchEngine(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: "string", default: "40" },
      cases: { type: "string", default: "" },
      peers: { type: "string", default: "onnx,standard,tensorflow,torch,keras,webgpu,wasm,cpu" },
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
  const results: { case_: Case; measured: Measured[] }[] = [];
  for (const case_ of chosen) results.push({ case_, measured: await measureCase(case_, starters, rounds, peak) });
  console.log(`\n${summary(results, peak)}`);
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
    ...["unrewritten", "unrepeated", ...passNames.map((pass) => `without:${pass}`)].map((choice) => ({
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
    { kind: "tensorflow", name: "tensorflow", start: worker("tensorflow") },
    { kind: "webgpu", name: "webgpu", start: worker("webgpu") },
    { kind: "wasm", name: "wasm", start: worker("wasm") },
    { kind: "cpu", name: "cpu", start: worker("cpu") },
  ];
}

async function measureCase(
  case_: Case,
  starters: readonly Starter[],
  rounds: number,
  peak: number,
): Promise<Measured[]> {
  const flops = operations(case_);
  console.log(`\n${case_.name} (${(flops / 1e9).toFixed(2)} GFLOP a step)`);
  const steps = stepsATurn(flops);
  let peers: { peer: Peer; slow: boolean; preparation: Preparation; measurements: Measurement[] }[] = [];
  for (const { name, start } of starters) {
    const slow = Object.hasOwn(SLOW, name);
    if (slow && flops > SLOW[name]) {
      console.log(`  ${name.padEnd(24)} skipped: takes too long`);
      continue;
    }
    let peer: Peer | undefined;
    try {
      peer = start();
      const preparation = await peer.prepare(case_, slow ? 1 : steps);
      peers.push({ peer, slow, preparation, measurements: [] });
    } catch (error) {
      console.log(`  ${name.padEnd(24)} skipped: ${reason(error)}`);
      await peer?.close();
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const { peer, slow, measurements } of [...peers]) {
      if (slow && round >= SLOW_ROUNDS) continue;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      try {
        measurements.push(await peer.measure(slow ? 1 : steps));
      } catch (error) {
        // The hours of the others are not lost with it.
        console.log(`  ${peer.name.padEnd(24)} left in round ${round + 1}: ${reason(error)}`);
        await peer.close();
        peers = peers.filter((other) => other.peer !== peer);
      }
    }
  }
  const measured = peers.map(({ peer: { name }, preparation, measurements }): Measured => ({
    name,
    preparation,
    times: measurements.map(({ ms }) => ms),
    outside: measurements.flatMap(({ outside }) => outside === undefined ? [] : [outside]),
  }));
  for (const each of measured) console.log(line(each, measured, flops, peak));
  for (const { peer } of peers) await peer.close();
  return measured;
}

/** A third of a second or more, but for small cases: 24 steps are an epoch of 750 images in batches of 32. */
function stepsATurn(flops: number): number {
  return flops > 3e10 ? 1 : flops > 5e9 ? 8 : 24;
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
