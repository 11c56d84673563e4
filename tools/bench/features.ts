/**
 * `deno task bench features [--rounds=40] [--peers=onnx,wasm,torch] [--python=python3]`: images per second that the
 * bundled MobileNetV3 turns into features, decoded pixels to numbers, on the `onnx` engine beside the stock wasm backend
 * and beside a MobileNetV3-Large of the same size in PyTorch, in interleaved rounds. Peers that are not installed are
 * skipped by name.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Peer } from "./peer.ts";
import { processPeer } from "./process_peer.ts";
import { quartiles } from "./quartiles.ts";

/** Images per measurement: a few batches of every peer's. */
const IMAGES = 16;

/** Pause before a peer's turn, so that the one before has stopped spinning. */
const PAUSE_MS = 30;

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

export async function benchFeatures(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: "string", default: "40" },
      peers: { type: "string", default: "onnx,wasm,torch" },
      python: { type: "string", default: "python3" },
    },
  });
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds >= 1)) {
    throw new Error(`Cannot measure ${values.rounds} rounds: --rounds must be an integer from 1`);
  }
  const peers: { peer: Peer<number>; times: number[] }[] = [];
  for (const peer of values.peers.split(",").flatMap((kind) => started(kind, values.python))) {
    try {
      await peer.prepare(IMAGES, 1); // reads the weights and compiles
      await peer.measure(IMAGES);
      peers.push({ peer, times: [] });
    } catch (error) {
      const { message } = error as Error;
      console.log(
        `  ${peer.name} skipped: ${message === "it ended" ? "not installed, or it failed to start" : message}`,
      );
      await peer.close();
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const { peer, times } of peers) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      times.push((await peer.measure(IMAGES)).ms);
    }
  }
  console.log(`bundled MobileNetV3 at 224x224, ${rounds} interleaved rounds of ${IMAGES} images`);
  const [own] = peers;
  for (const { peer, times } of peers) {
    const [first, median, third] = quartiles(times).map((ms) => 1000 / ms);
    const ratios = quartiles(times.map((ms, round) => ms / own.times[round])).map((ratio) => ratio.toFixed(2));
    console.log(
      `  ${peer.name.padEnd(21)} ${median.toFixed(1).padStart(6)} images/s [${third.toFixed(1)}, ${first.toFixed(1)}]` +
        (peer === own.peer ? "" : `  ${own.peer.name} is ${ratios[1]} [${ratios[0]}, ${ratios[2]}] times as fast`),
    );
  }
  for (const { peer } of peers) await peer.close();
}

function started(kind: string, python: string): Peer<number>[] {
  if (kind !== "torch") return [processPeer(kind, "deno", ["run", "-A", "-q", path("features_worker.ts"), kind])];
  return ["contiguous", "channels_last"].map((format) =>
    processPeer(`PyTorch ${format}`, python, [path("features_torch_peer.py"), format])
  );
}
