/**
 * `deno task bench features`: images per second that the bundled MobileNetV3 turns into features, decoded pixels to
 * numbers, on the `onnx` engine beside the stock wasm backend, in interleaved rounds.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { processPeer } from "./process_peer.ts";
import { quartiles } from "./quartiles.ts";

/** Images per measurement: two batches of the backbone's. */
const IMAGES = 16;

export async function benchFeatures(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: "string", default: "40" }, engines: { type: "string", default: "onnx,wasm" } },
  });
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds >= 1)) {
    throw new Error(`Cannot measure ${values.rounds} rounds: --rounds must be an integer from 1`);
  }
  const worker = fileURLToPath(new URL("features_worker.ts", import.meta.url));
  const peers = values.engines.split(",").map((engine) => ({
    peer: processPeer<number>(engine, "deno", ["run", "-A", "-q", worker, engine]),
    times: [] as number[],
  }));
  // The first batch reads the weights and compiles.
  for (const { peer } of peers) await peer.prepare(IMAGES, 1);
  for (let round = 0; round < rounds; round++) {
    for (const { peer, times } of peers) times.push((await peer.measure(IMAGES)).ms);
  }
  console.log(`bundled MobileNetV3 at 224x224, ${rounds} interleaved rounds of ${IMAGES} images`);
  const [own] = peers;
  for (const { peer, times } of peers) {
    const [first, median, third] = quartiles(times).map((ms) => 1000 / ms);
    const ratios = quartiles(times.map((ms, round) => ms / own.times[round])).map((ratio) => ratio.toFixed(2));
    console.log(
      `  ${peer.name.padEnd(8)} ${median.toFixed(1).padStart(6)} images/s [${third.toFixed(1)}, ${first.toFixed(1)}]` +
        (peer === own.peer ? "" : `  ${own.peer.name} is ${ratios[1]} [${ratios[0]}, ${ratios[2]}] times as fast`),
    );
  }
  for (const { peer } of peers) await peer.close();
}
