import assert from "node:assert/strict";
import { type EngineName, layers, type Optimizer, report, type Sequential, tf, use } from "../../lib/engine/mod.ts";
import { assertClose } from "./_compare.ts";
import { tinyData, tinyModel, weightsOf } from "./_models.ts";

const optimizers: Record<string, () => Optimizer> = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.05, 0.9),
  adam: () => tf.train.adam(0.01),
  adamax: () => tf.train.adamax(0.01),
  rmsprop: () => tf.train.rmsprop(0.005),
  adagrad: () => tf.train.adagrad(0.05),
  adadelta: () => tf.train.adadelta(1),
};

/** The weights after three steps on the same batch. */
async function threeSteps(
  model: Sequential,
  loss: string,
  optimizer: Optimizer,
  y: "labels" | "oneHot",
): Promise<Float32Array[]> {
  model.compile({ optimizer, loss });
  const data = tinyData(6);
  const target = y === "labels" ? data.y : tf.oneHot(tf.cast(data.y, "int32"), 4);
  for (let step = 0; step < 3; step++) await model.trainOnBatch(data.x, target);
  const result = weightsOf(model);
  tf.dispose([data.x, data.y, target]);
  model.dispose();
  return result;
}

async function assertSameTraining(what: string, run: () => Promise<Float32Array[]>, tolerance: number): Promise<void> {
  const results: Float32Array[][] = [];
  for (const name of ["cpu", "onnx"] as EngineName[]) {
    await use(name);
    results.push(await run());
  }
  const raw = (arrays: Float32Array[]) => arrays.map((values) => ({ shape: [values.length], values }));
  assertClose(raw(results[1]), raw(results[0]), what, tolerance);
}

for (const [name, optimizer] of Object.entries(optimizers)) {
  Deno.test(`three steps of ${name} give the weights that the cpu engine gives`, async () => {
    // Adaptive rules divide small numbers by small ones, which magnifies rounding.
    await assertSameTraining(
      name,
      () => threeSteps(tinyModel(), "sparseCategoricalCrossentropy", optimizer(), "labels"),
      5e-3,
    );
  });
}

for (const loss of ["categoricalCrossentropy", "binaryCrossentropy", "meanSquaredError", "cosineProximity"]) {
  Deno.test(`three steps under ${loss} give the weights that the cpu engine gives`, async () => {
    await assertSameTraining(loss, () => threeSteps(tinyModel(), loss, tf.train.sgd(0.1), "oneHot"), 1e-4);
  });
}

Deno.test("layers of every kind that image models use train as on the cpu engine", async () => {
  const build = () => {
    const l = layers.layers, kernelInitializer = layers.initializers.glorotUniform({ seed: 1 });
    const depthwiseInitializer = layers.initializers.glorotUniform({ seed: 2 });
    const input = layers.input({ shape: [9, 9, 3] });
    const kernelRegularizer = layers.regularizers.l1l2({ l1: 1e-3, l2: 1e-2 });
    let x = l.conv2d({ filters: 4, kernelSize: 3, padding: "same", kernelInitializer, kernelRegularizer })
      .apply(input) as layers.SymbolicTensor;
    const skip = x;
    x = l.leakyReLU().apply(l.batchNormalization().apply(x)) as layers.SymbolicTensor;
    x = l.separableConv2d({
      filters: 4,
      kernelSize: 3,
      padding: "same",
      depthwiseInitializer,
      pointwiseInitializer: kernelInitializer,
      activation: "elu",
    }).apply(x) as layers.SymbolicTensor;
    x = l.add().apply([x, skip]) as layers.SymbolicTensor;
    x = l.concatenate().apply(
      [
        l.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }).apply(x),
        l.averagePooling2d({ poolSize: 5, strides: 1 }).apply(x),
      ] as layers.SymbolicTensor[],
    ) as layers.SymbolicTensor;
    x = l.zeroPadding2d({ padding: 1 }).apply(x) as layers.SymbolicTensor;
    x = l.depthwiseConv2d({ kernelSize: 3, strides: 2, depthwiseInitializer, activation: "tanh" })
      .apply(x) as layers.SymbolicTensor;
    x = l.layerNormalization().apply(x) as layers.SymbolicTensor;
    x = l.globalAveragePooling2d({}).apply(x) as layers.SymbolicTensor;
    x = l.dense({ units: 5, activation: "softplus", kernelInitializer }).apply(x) as layers.SymbolicTensor;
    const output = l.dense({ units: 4, activation: "softmax", kernelInitializer }).apply(x) as layers.SymbolicTensor;
    return layers.model({ inputs: input, outputs: output }) as Sequential;
  };
  const run = () => threeSteps(build(), "categoricalCrossentropy", tf.train.sgd(0.1), "oneHot");
  await assertSameTraining("all layers", run, 1e-3);
});

Deno.test("fit() with metrics, validation and dropout uses no fallback kernel", async () => {
  await use("onnx", { threads: 2 });
  const before = report().fallbacks.length;
  const model = tinyModel(0.5);
  model.compile({ optimizer: tf.train.adam(0.01), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  const { x, y } = tinyData(22);
  const target = tf.oneHot(tf.cast(y, "int32"), 4);
  await model.fit(x, target, { epochs: 2, batchSize: 4, verbose: 0, validationSplit: 0.25 });
  const prediction = model.predict(x) as tf.Tensor;
  tf.dispose(tf.topk(prediction, 2));
  assert.equal(report().fallbacks.length, before, report().summary);
  tf.dispose([x, y, target, prediction]);
  model.dispose();
});

for (const threads of [1, 2]) {
  Deno.test(`the same seed gives bit-identical weights with ${threads} thread(s)`, async () => {
    await use("onnx", { threads });
    const results: Float32Array[][] = [];
    for (let run = 0; run < 2; run++) {
      const model = tinyModel(0.3);
      model.compile({ optimizer: tf.train.adam(0.01), loss: "sparseCategoricalCrossentropy" });
      const { x, y } = tinyData(26);
      await model.fit(x, y, { epochs: 4, batchSize: 8, verbose: 0, shuffle: false });
      results.push(weightsOf(model));
      tf.dispose([x, y]);
      model.dispose();
    }
    assert.deepEqual(results[0], results[1]);
  });
}

Deno.test("the stock wasm backend, with its missing kernel added, trains a convolutional network", async () => {
  await use("wasm");
  const model = tinyModel();
  model.compile({ optimizer: tf.train.adam(0.02), loss: "sparseCategoricalCrossentropy" });
  const { x, y } = tinyData(16);
  const { history } = await model.fit(x, y, { epochs: 12, batchSize: 8, verbose: 0 });
  const losses = history.loss as number[];
  assert.ok(losses.at(-1)! < losses[0] / 2, `loss went from ${losses[0]} to ${losses.at(-1)}`);
  assert.equal(report().summary, "no fallback kernels");
  tf.dispose([x, y]);
  model.dispose();
});

Deno.test("gradients of convolutions on the wasm engine agree with the cpu engine's", async () => {
  const run = () => threeSteps(tinyModel(), "sparseCategoricalCrossentropy", tf.train.sgd(0.1), "labels");
  await use("cpu");
  const expected = await run();
  await use("wasm");
  const raw = (arrays: Float32Array[]) => arrays.map((values) => ({ shape: [values.length], values }));
  assertClose(raw(await run()), raw(expected), "wasm", 1e-3);
  await use("onnx", { threads: 2 });
});
