import { join } from "node:path";
import { type Dataset, open } from "../../lib/dataset/mod.ts";
import * as engine from "../../lib/engine/mod.ts";
import { bundledBackbone, portable, threadCnn } from "../../lib/model/mod.ts";
import type { HeadRecipe, NetworkRecipe } from "../../lib/pipeline/mod.ts";
import { inTempFolder } from "../_fixtures.ts";
import { paintings } from "../_paintings.ts";

/** Runs `body` on a small data set of three classes, with an engine, in a folder of its own. */
export async function withPaintings(body: (images: Dataset, folder: string) => Promise<void>, seed = 1): Promise<void> {
  await inTempFolder(async (folder) => {
    await engine.use("onnx", { threads: 1 });
    const data = await paintings(join(folder, "data"), { train: 12, test: 4, seed });
    await body(await open(data, { size: 32, onProgress: () => {} }), folder);
  });
}

/** Logistic regression on two taps of the bundled network, in another order than they lie in. */
export const HEAD: HeadRecipe = {
  kind: "head",
  backbone: "",
  taps: [bundledBackbone().taps[2].node, bundledBackbone().taps[0].node],
  head: { kind: "logistic", c: 30 },
};

export const NETWORK: NetworkRecipe = {
  kind: "network",
  model: portable(threadCnn(), { size: 32, classes: 3, seed: 1 })!,
  config: { epochs: 2, batchSize: 12, seed: 1 },
};
