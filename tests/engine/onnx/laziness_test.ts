import assert from "node:assert/strict";
import { layers, tf, use } from "../../../lib/engine/mod.ts";
import { flush, statistics } from "../../../lib/engine/onnx/mod.ts";
import { tinyData, tinyModel } from "../_models.ts";

async function fresh() {
  await use("onnx", { threads: 2 });
  flush();
  return statistics();
}

Deno.test("recording compiles and runs nothing until a value is read", async () => {
  const before = await fresh();
  tf.tidy(() => {
    const product = tf.matMul(tf.ones([3, 4]), tf.ones([4, 5]));
    const result = tf.sum(tf.relu(product));
    assert.equal(statistics().runs, before.runs);
    assert.equal(statistics().compiled, before.compiled);
    assert.ok(statistics().pending >= 3);
    assert.equal(result.dataSync()[0], 60);
    assert.equal(statistics().runs, before.runs + 1);
  });
});

Deno.test("values that nobody holds are not computed", async () => {
  const before = await fresh();
  tf.tidy(() => {
    // Taking the row of an index that does not exist fails when it runs.
    tf.gather(tf.tensor1d([1, 2]), tf.tensor1d([7], "int32")).dispose();
    flush();
  });
  assert.equal(statistics().runs, before.runs);
  assert.equal(statistics().pending, 0);
});

Deno.test("one read computes everything that is held", async () => {
  await fresh();
  const [a, b] = tf.tidy(() => [tf.square(tf.tensor1d([1, 2])), tf.exp(tf.tensor1d([0, 0]))]);
  const before = statistics().runs;
  a.dataSync();
  assert.deepEqual(Array.from(b.dataSync()), [1, 1]);
  assert.equal(statistics().runs, before + 1);
  tf.dispose([a, b]);
});

Deno.test("values that were read stay right when they are computed with later", async () => {
  await fresh();
  const a = tf.square(tf.tensor1d([1, 2]));
  a.dataSync();
  const b = tf.add(a, 1);
  a.dispose();
  assert.deepEqual(Array.from(b.dataSync()), [2, 5]);
  b.dispose();
});

Deno.test("an array may be filled anew after a tensor was made of it", async () => {
  await fresh();
  const array = new Float32Array([1, 2]);
  const doubled = tf.mul(tf.tensor1d(array), 2);
  array.fill(9);
  assert.deepEqual(Array.from(doubled.dataSync()), [2, 4]);
});

Deno.test("memory that the user looks at is not used again", async () => {
  await fresh();
  const tensor = tf.add(tf.tensor1d([1, 2, 3, 4, 5]), 1);
  const seen = tensor.dataSync();
  tensor.dispose();
  for (let round = 0; round < 4; round++) tf.tidy(() => tf.mul(tf.ones([5]), 100 + round).dataSync());
  assert.deepEqual(Array.from(seen), [2, 3, 4, 5, 6]);
});

Deno.test("a loop compiles its graph once, whatever numbers it uses", async () => {
  await fresh();
  const variable = tf.variable(tf.tensor1d([1, 2, 3]));
  let compiled = 0;
  for (let step = 0; step < 20; step++) {
    tf.tidy(() => variable.assign(tf.add(tf.mul(variable, 1 + step / 100), tf.fill([3], step + 2))));
    variable.dataSync();
    if (step === 1) compiled = statistics().compiled;
  }
  assert.equal(statistics().compiled, compiled);
  variable.dispose();
});

Deno.test("fit() compiles a few graphs, runs one a step, and needs no flush", async () => {
  const before = await fresh();
  const model = tinyModel();
  model.compile({ optimizer: tf.train.adam(0.01), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const { x, y } = tinyData(42);
  // Five batches of 8 and one of 2.
  await model.fit(x, y, { epochs: 2, batchSize: 8, verbose: 0 });
  const warm = statistics();
  await model.fit(x, y, { epochs: 3, batchSize: 8, verbose: 0 });
  const after = statistics();
  assert.ok(warm.compiled - before.compiled <= 8, `${warm.compiled - before.compiled} graphs compiled`);
  assert.ok(after.compiled - warm.compiled <= 1, `${after.compiled - warm.compiled} more compiled`);
  assert.ok(after.runs - warm.runs <= 3 * (6 + 2), `${after.runs - warm.runs} runs in 18 steps`);
  tf.dispose([x, y]);
  model.dispose();
});

Deno.test("a synchronous loop that reads nothing stays bounded", async () => {
  const before = await fresh();
  let value: tf.Tensor = tf.ones([4]);
  for (let step = 0; step < 5000; step++) {
    const next = tf.mul(value, 1);
    value.dispose();
    value = next;
  }
  assert.ok(statistics().pending <= 4096);
  assert.ok(statistics().runs > before.runs);
  assert.deepEqual(Array.from(value.dataSync()), [1, 1, 1, 1]);
  value.dispose();
});

Deno.test("many different batch sizes keep a bounded number of compiled graphs", async () => {
  await fresh();
  for (let n = 1; n <= 60; n++) tf.tidy(() => tf.relu(tf.ones([n, 3])).dataSync());
  assert.ok(statistics().cached <= 48, `${statistics().cached} graphs are kept`);
});

Deno.test("300 steps leave no tensors, data or graphs behind", async () => {
  await fresh();
  const model = tinyModel(0.2);
  model.compile({ optimizer: tf.train.adam(0.01), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const { x, y } = tinyData(40);
  const fit = (epochs: number) => model.fit(x, y, { epochs, batchSize: 4, verbose: 0 });
  const counts = () => ({
    tensors: tf.memory().numTensors,
    data: tf.memory().numDataBuffers,
    held: tf.backend().numDataIds(),
    compiled: statistics().compiled,
    pending: statistics().pending,
  });
  await fit(2);
  await fit(2);
  const before = counts();
  await fit(30);
  assert.deepEqual(counts(), before);
  tf.dispose([x, y]);
  model.dispose();
});

Deno.test("10,000 steps of a two-layer model leave no tensors, data, graphs or memory behind", async () => {
  await fresh();
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ units: 8, activation: "relu", inputShape: [6] }),
      layers.layers.dense({ units: 2, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.01), loss: "categoricalCrossentropy" });
  const [x, y] = [tf.ones([4000, 6]), tf.ones([4000, 2])];
  const fit = (epochs: number) =>
    model.fit(x, y, { epochs, batchSize: 8, verbose: 0, shuffle: false, yieldEvery: "epoch" });
  const counts = () => ({
    tensors: tf.memory().numTensors,
    data: tf.memory().numDataBuffers,
    held: tf.backend().numDataIds(),
    compiled: statistics().compiled,
    cached: statistics().cached,
  });
  await fit(4);
  // Outside of the JavaScript heap, which is as large as its last collection left it: arrays, sessions, ONNX Runtime.
  const resident = () => {
    const { rss, heapTotal } = Deno.memoryUsage();
    return (rss - heapTotal) / 2 ** 20;
  };
  const before = counts();
  // The heap may give back now what earlier tests took, which looks like growth once. A leak grows every time.
  const grown: number[] = [];
  do {
    const atFirst = resident();
    await fit(20);
    assert.deepEqual(counts(), before);
    grown.push(resident() - atFirst);
  } while (Math.min(...grown) >= 64 && grown.length < 3);
  assert.ok(
    Math.min(...grown) < 64,
    `${grown.map((mib) => mib.toFixed(0)).join(", ")} MiB more after 10,000 steps each`,
  );
  tf.dispose([x, y]);
  model.dispose();
});
