import assert from "node:assert/strict";
import { join } from "node:path";
import { dataset } from "../../lib/mod.ts";
import * as engine from "../../lib/engine/mod.ts";
import { policies } from "../../lib/augment/mod.ts";
import { smallCnn, threadCnn } from "../../lib/model/mod.ts";
import { fit, type TrainingConfig } from "../../lib/train/mod.ts";
import { imageFolder, inTempFolder } from "../_fixtures.ts";

/** Ways in which the notebooks train. */
const settings: Record<string, Partial<TrainingConfig>> = {
  plain: {},
  "varied and balanced": { augmentation: policies.flipShift, balanced: true },
  "stopped early": { earlyStopping: { patience: 1 } },
  "under the wrong loss": { loss: "binaryCrossentropy" },
};

Deno.test("the workbench's models train and predict without any fallback kernel, however they are trained", async () => {
  await engine.use("onnx");
  const { summary: before, graphs } = engine.report();
  await inTempFolder(async (folder) => {
    await imageFolder(join(folder, "data"), { red: 9, blue: 9 });
    const images = await dataset.open(join(folder, "data"), { size: 16, onProgress: () => {} });
    for (const model of [threadCnn(), smallCnn()]) {
      for (const [name, config] of Object.entries(settings)) {
        await fit(model, images, images.holdOut(0.3), { epochs: 2, batchSize: 4, ...config });
        assert.equal(engine.report().summary, before, `${model.name}, ${name}`);
      }
    }
  });
  assert.ok(engine.report().graphs.runs > graphs.runs, "it was the engine that computed");
});
