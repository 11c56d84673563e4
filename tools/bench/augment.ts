/**
 * `deno task bench augment`: what each policy takes of the processor for a batch of 32 images at 64 pixels, and how much
 * longer training the small CNN takes with it, in interleaved rounds on the same images. Processor seconds of this
 * process are what counts: they stay the same however busy others keep the machine.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { augment, dataset, engine, stats, train } from "../../lib/mod.ts";
import { smallCnn } from "../../lib/model/mod.ts";
import { quartiles } from "./quartiles.ts";

const BATCH = 32;
/** Trained in a round: 12 batches, three times over. */
const IMAGES = 384;
const EPOCHS = 3;

export async function benchAugment(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: "string", default: "5" },
      policies: { type: "string", default: Object.keys(augment.policies).join(",") },
      trained: { type: "string", default: "flipShift,trivial" },
    },
  });
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds >= 1)) {
    throw new Error(`Cannot measure ${values.rounds} rounds: --rounds must be an integer from 1`);
  }
  const named = (names: string) =>
    names.split(",").filter(Boolean).map((name) => {
      const policy = (augment.policies as Record<string, augment.AugmentationPolicy>)[name];
      if (policy) return policy;
      throw new Error(`Cannot measure "${name}": it must be one of ${Object.keys(augment.policies).join(", ")}`);
    });
  const images = await dataset.open("", { seed: 1 });
  await alone(named(values.policies), images, rounds);
  await inTraining(named(values.trained), images, rounds);
}

/** Milliseconds of the processor for one batch. */
async function alone(policies: augment.AugmentationPolicy[], images: dataset.Dataset, rounds: number): Promise<void> {
  const bytes = await images.pixels(images.development.slice(0, BATCH));
  const batch = Float32Array.from(bytes, (value) => value / 255);
  const random = new stats.Random("bench augment");
  const times = policies.map(() => [] as number[]);
  for (let round = 0; round < rounds + 1; round++) {
    for (const [i, policy] of policies.entries()) {
      const before = process.cpuUsage();
      for (let repeat = 0; repeat < 40; repeat++) augment.augment(batch, images.size, policy, random);
      // The first round is where the code is compiled.
      if (round > 0) times[i].push(process.cpuUsage(before).user / 1000 / 40);
    }
  }
  console.log(`${BATCH} images at ${images.size} pixels, ${rounds} interleaved rounds of 40 batches`);
  for (const [i, { name }] of policies.entries()) {
    const [first, median, third] = quartiles(times[i]).map((ms) => ms.toFixed(2));
    console.log(`  ${name.padEnd(22)} ${median.padStart(6)} ms of processor per batch [${first}, ${third}]`);
  }
}

/** How much longer training takes. */
async function inTraining(policies: augment.AugmentationPolicy[], images: dataset.Dataset, rounds: number) {
  if (policies.length === 0) return;
  await engine.use("onnx", { threads: 1 });
  const scratch = await Deno.makeTempDir({ prefix: "plateau-bench-" });
  const [fold] = images.folds(4);
  let seed = 1;
  const arms = [null, ...policies];
  const times = arms.map(() => [] as number[]);
  Deno.env.set("PLATEAU_CACHE", scratch); // so that nothing is there already
  try {
    for (let round = 0; round < rounds + 1; round++) {
      for (const [i, augmentation] of arms.entries()) {
        const config = { epochs: EPOCHS, batchSize: BATCH, mostImages: IMAGES, augmentation, seed: seed++ };
        const before = process.cpuUsage();
        await train.fitAll(images, [{ model: smallCnn(), fold, config }], { onProgress: () => {} });
        if (round > 0) times[i].push(process.cpuUsage(before).user / 1e6);
      }
    }
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  console.log(`small CNN, ${EPOCHS} epochs on ${IMAGES} images with everything around them, one thread`);
  for (const [i, arm] of arms.entries()) {
    const [first, median, third] = quartiles(times[i]).map((seconds) => seconds.toFixed(2));
    const ratio = quartiles(times[i].map((seconds, round) => 100 * (seconds / times[0][round] - 1)));
    console.log(
      `  ${(arm?.name ?? "unchanged").padEnd(22)} ${median.padStart(6)} s of processor [${first}, ${third}]` +
        (arm ? `  ${ratio.map((percent) => percent.toFixed(1)).join(" / ")} % longer (quartiles)` : ""),
    );
  }
}
