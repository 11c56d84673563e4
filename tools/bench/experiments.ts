import process from "node:process";
import { dataset, engine, type model as models, train } from "../../lib/mod.ts";
import { smallCnn, threadCnn } from "../../lib/model/mod.ts";

/** Where two experiments are trained: in the thread that asks (0 Workers), or in Workers. */
const PLACES = [{ workers: 0, threads: 2 }, { workers: 0, threads: 1 }, { workers: 1, threads: 1 }, {
  workers: 2,
  threads: 1,
}] as const;

const CASES: readonly { spec: models.ModelSpec; batch: number; epochs: number }[] = [
  { spec: threadCnn(), batch: 32, epochs: 4 },
  { spec: threadCnn(), batch: 4, epochs: 2 },
  { spec: smallCnn(), batch: 32, epochs: 6 },
  { spec: smallCnn(), batch: 4, epochs: 2 },
];

/**
 * `deno task bench experiments [ROUNDS]`: two trainings on 384 images of the sample, one after the other with two threads
 * and side by side with one each. Processor seconds are what the machine had to do, however busy others kept it.
 */
export async function benchExperiments([rounds = "3"]: string[]): Promise<void> {
  const images = await dataset.open("", { seed: 1 });
  const folds = images.folds(4);
  const scratch = await Deno.makeTempDir({ prefix: "plateau-bench-" });
  Deno.env.set("PLATEAU_CACHE", scratch); // so that nothing is there already
  let seed = 1;
  try {
    for (const { spec, batch, epochs } of CASES) {
      for (let round = 0; round < Number(rounds); round++) {
        for (const { workers, threads } of PLACES) {
          await engine.use("onnx", { threads });
          train.useWorkers(workers);
          const list = [0, 1].map((i) => (
            { model: spec, fold: folds[i], config: { epochs, batchSize: batch, mostImages: 384, seed: seed++ } }
          ));
          const [start, before] = [performance.now(), process.cpuUsage()];
          await train.fitAll(images, list, { onProgress: () => {} });
          const { user, system } = process.cpuUsage(before);
          const seconds = (value: number) => value.toFixed(1).padStart(6);
          console.log(
            `${spec.name}, batches of ${batch}: ${workers} Workers, ${threads} thread${
              threads === 1 ? " " : "s"
            } each: ` +
              `${seconds((performance.now() - start) / 1000)} s, ${seconds((user + system) / 1e6)} processor seconds`,
          );
        }
      }
    }
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}
