/** Training and prediction on data whose shapes vary compile a bounded number of graphs, and keep fewer. */
import assert from "node:assert/strict";
import { layers, type Tensor, tf, use } from "../../../lib/engine/mod.ts";
import { flush, statistics } from "../../../lib/engine/onnx/mod.ts";
import { tinyData, tinyModel } from "../_models.ts";

/** Graphs compiled by `body`. */
async function compiledBy(body: () => Promise<unknown>): Promise<number> {
  flush();
  const before = statistics().compiled;
  await body();
  flush();
  return statistics().compiled - before;
}

Deno.test("a last batch of another size costs a few graphs once, whatever follows", async () => {
  await use("onnx", { threads: 2 });
  const model = tinyModel();
  model.compile({ optimizer: tf.train.adam(0.01), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const sets = [18, 19, 21].map((n) => tinyData(n));
  const epoch = async () => {
    for (const { x, y } of sets) {
      await model.fit(x, y, { epochs: 1, batchSize: 8, verbose: 0, validationData: [sets[0].x, sets[0].y] });
    }
  };
  await compiledBy(epoch);
  // The optimiser's state is there from the second round on.
  await compiledBy(epoch);
  assert.equal(await compiledBy(async () => (await epoch(), await epoch())), 0);
  sets.forEach(({ x, y }) => tf.dispose([x, y]));
  model.dispose();
});

Deno.test("images of varying sizes compile one graph for each size, and the longest unused ones go", async () => {
  await use("onnx", { threads: 2 });
  const l = layers.layers;
  const model = layers.sequential({
    layers: [
      l.conv2d({ filters: 4, kernelSize: 3, inputShape: [null, null, 3], activation: "relu" }),
      l.globalAveragePooling2d({}),
      l.dense({ units: 2, activation: "softmax" }),
    ],
  });
  const predict = (size: number) => () => {
    tf.tidy(() => (model.predict(tf.ones([1, size, size, 3])) as Tensor).dataSync());
    return Promise.resolve();
  };
  const sizes = Array.from({ length: 60 }, (_, i) => 5 + i);
  for (const size of sizes) assert.ok(await compiledBy(predict(size)) <= 1, `size ${size}`);
  assert.ok(statistics().cached <= 48, `${statistics().cached} graphs are kept`);
  for (let round = 0; round < 2; round++) {
    for (const size of sizes.slice(-10)) assert.equal(await compiledBy(predict(size)), 0, `size ${size} again`);
  }
  model.dispose();
});
