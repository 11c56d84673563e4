/** Models that others have made: graph models by tfjs's converter, layers models from files and memory. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { layers, report, type Tensor, tf, use } from "../../lib/engine/mod.ts";
import { loadGraphModel } from "../../lib/model/backbone/_graph_model.ts";
import { Random } from "../../lib/stats/mod.ts";
import { inTempFolder } from "../_fixtures.ts";
import { assertClose, type Raw } from "./_compare.ts";
import { inEveryLayout } from "./_layouts.ts";
import { tinyData, tinyModel } from "./_models.ts";

const raw = (t: Tensor): Raw => ({ shape: t.shape, values: Float32Array.from(t.dataSync()) });

Deno.test("the bundled MobileNetV3, a graph model, gives in every layout what the cpu engine gives", async () => {
  const json = new URL("../models/centernet.json", import.meta.resolve("@vladmandic/human"));
  // Early, in the middle, and the end of what the workbench uses.
  const nodes = ["expanded_conv_3/expand", "expanded_conv_12/expand", "expanded_conv_14/expand"]
    .map((name) => `tower_0/MobilenetV3/${name}/hard_swish/mul_1`).concat("tower_0/extern1/hard_swish/mul_1");
  const random = new Random("mobilenet");
  const pixels = Float32Array.from({ length: 2 * 64 * 96 * 3 }, () => random.integer(256));
  const outputs = async (): Promise<Raw[]> => {
    const model = await loadGraphModel(json);
    const known = nodes.filter((name) => hasNode(model, name));
    assert.ok(known.length >= 3, `${known}`);
    const x = tf.tensor4d(pixels, [2, 64, 96, 3]);
    const maps = model.execute(x, known) as Tensor[];
    const result = maps.map(raw);
    tf.dispose([x, maps]);
    model.dispose();
    return result;
  };
  await use("cpu");
  const expected = await outputs();
  await use("onnx", { threads: 2 });
  const before = report().summary;
  await inEveryLayout(async (layout) => assertClose(await outputs(), expected, layout, 2e-4));
  assert.equal(report().summary, before);
});

function hasNode(model: Awaited<ReturnType<typeof loadGraphModel>>, name: string): boolean {
  const { node } = (model as unknown as { artifacts: { modelTopology: { node: { name: string }[] } } }).artifacts
    .modelTopology;
  return node.some((each) => each.name === name);
}

/** Files as tfjs writes them: a description, and the weights beside it. */
function files(folder: string): tf.io.IOHandler {
  const json = join(folder, "model.json"), weights = join(folder, "weights.bin");
  return {
    async save({ weightData, ...rest }) {
      await Deno.writeTextFile(json, JSON.stringify(rest));
      await Deno.writeFile(weights, new Uint8Array(weightData as ArrayBuffer));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
    async load() {
      return { ...JSON.parse(await Deno.readTextFile(json)), weightData: (await Deno.readFile(weights)).buffer };
    },
  };
}

Deno.test("a layers model saved to files on one engine predicts the same on another, and trains on", async () => {
  await inTempFolder(async (folder) => {
    const { x, y } = tinyData(10);
    const predict = (model: layers.LayersModel) => {
      const y = model.predict(x, { batchSize: 4 }) as Tensor;
      const result = raw(y);
      y.dispose();
      return result;
    };
    await use("onnx", { threads: 2 });
    const model = tinyModel(0.2);
    model.compile({ optimizer: tf.train.adam(0.01), loss: "sparseCategoricalCrossentropy" });
    await model.fit(x, y, { epochs: 3, batchSize: 4, verbose: 0 });
    const expected = predict(model);
    await model.save(files(folder));
    model.dispose();

    for (const name of ["cpu", "onnx"]) {
      await use(name);
      const loaded = await layers.loadLayersModel(files(folder));
      assertClose([predict(loaded)], [expected], name);
      if (name === "onnx") {
        loaded.compile({ optimizer: tf.train.adam(0.01), loss: "sparseCategoricalCrossentropy" });
        const { history } = await loaded.fit(x, y, { epochs: 25, batchSize: 10, verbose: 0 });
        const losses = history.loss as number[];
        assert.ok(losses.at(-1)! < losses[0] / 2, `losses ${losses}`);
      }
      loaded.dispose();
    }
    tf.dispose([x, y]);
  });
});
