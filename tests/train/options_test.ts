import assert from "node:assert/strict";
import { join } from "node:path";
import { dataset, engine, model, train } from "../../lib/mod.ts";
import { layers, tf } from "../../lib/engine/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { AveragedWeights } from "../../lib/train/_averaging.ts";
import { oneHot } from "../../lib/train/_batches.ts";
import { balancedWeights } from "../../lib/train/_losses.ts";
import { beta, mix } from "../../lib/train/_mixing.ts";
import { AdamW, rateAt } from "../../lib/train/_optimiser.ts";
import { trainingConfig } from "../../lib/train/mod.ts";
import { imageFolder, inTempFolder } from "../_fixtures.ts";

Deno.test("options that are left out are no part of the configuration, so that earlier runs are still found", () => {
  assert.deepEqual(Object.keys(trainingConfig()).sort(), [
    "augmentation",
    "batchSize",
    "earlyStopping",
    "epochs",
    "inputRange",
    "learningRate",
    "loss",
    "seed",
  ]);
  assert.equal(trainingConfig({ weightDecay: 0.05 }).weightDecay, 0.05);
});

Deno.test("options that cannot be are refused with their name and value", () => {
  for (
    const [config, message] of [
      [{ weightDecay: -1 }, /weightDecay must be .* got -1/],
      [{ labelSmoothing: 1 }, /labelSmoothing must be .* got 1/],
      [{ schedule: { kind: "cosine", warmupEpochs: 20 } }, /warmupEpochs must be .* below the 20 epochs, got 20/],
      [{ mixup: { alpha: 0 } }, /mixup\.alpha must be .* got 0/],
      [{ averaging: { from: 1 } }, /averaging\.from must be/],
      [{ averaging: { from: 0.5 }, earlyStopping: { patience: 2 } }, /averaging must be used without early stopping/],
      [{ testTimeAugmentation: 0 }, /testTimeAugmentation must be/],
      [{ classWeights: "balanced", loss: "meanSquaredError" }, /classWeights must be .* got meanSquaredError/],
    ] as const
  ) {
    assert.throws(
      () => trainingConfig(config),
      (error: Error) => error instanceof RangeError && message.test(error.message),
    );
  }
});

Deno.test("the rate rises in a line, then falls to 0 as half a cosine", () => {
  const config = trainingConfig({ epochs: 10, learningRate: 0.1, schedule: { kind: "cosine", warmupEpochs: 2 } });
  const rates = [0, 1, 2, 6, 10].map((epochs) => rateAt(config, epochs));
  assert.deepEqual(rates.map((rate) => Number(rate.toFixed(6))), [0, 0.05, 0.1, 0.05, 0]);
  assert.equal(rateAt(trainingConfig({ learningRate: 0.1 }), 7), 0.1);
});

Deno.test("weight decay takes rate x decay off kernels before Adam's step, and nothing off biases", async () => {
  for (const name of ["cpu", "onnx"]) {
    await engine.use(name);
    const kernel = tf.variable(tf.tensor1d([1, -2]), true, "dense_of_a_test/kernel");
    const bias = tf.variable(tf.tensor1d([1]), true, "dense_of_a_test/bias");
    const optimiser = new AdamW(0.1, 0.5);
    optimiser.minimize(() => tf.add(tf.sum(tf.mul(kernel, [3, 4])), tf.sum(tf.mul(bias, 2))) as tf.Scalar);
    // Adam's first step is the rate, whatever the gradient; before it, 0.1 x 0.5 of each weight goes.
    const [first, second] = await kernel.data();
    assert.ok(Math.abs(first - (1 * 0.95 - 0.1)) < 1e-6 && Math.abs(second - (-2 * 0.95 - 0.1)) < 1e-6, name);
    assert.ok(Math.abs((await bias.data())[0] - 0.9) < 1e-6, name);
    tf.dispose([kernel, bias]);
    optimiser.dispose();
  }
});

Deno.test("label smoothing spreads its share over all classes", () => {
  const rows = oneHot({ labels: Int32Array.of(0, 2), classes: 4 }, [1, 0], 0.2);
  const rounded = Array.from(rows, (value) => Number(value.toFixed(4)));
  assert.deepEqual(rounded, [0.05, 0.05, 0.85, 0.05, 0.85, 0.05, 0.05, 0.05]);
});

/** Two images of one colour each, and their targets. */
const pair = (size: number) => ({
  inputs: Float32Array.from({ length: 2 * size * size * 3 }, (_, i) => i < size * size * 3 ? 0 : 1),
  targets: Float32Array.of(1, 0, 0, 1),
  n: 2,
  size,
});

Deno.test("mixup and cutmix blend targets as they blend images, and keep the sum", () => {
  for (const option of ["mixup", "cutmix"] as const) {
    let mixed = 0;
    for (let seed = 0; seed < 20; seed++) {
      const batch = pair(16);
      mix(batch, { [option]: { alpha: 1 } }, new Random(seed));
      const images = [batch.inputs.subarray(0, 768), batch.inputs.subarray(768)];
      const white = images.map((image) => image.reduce((sum, value) => sum + value, 0) / 768);
      assert.ok(Math.abs(white[0] - batch.targets[1]) < 1e-5, `${option}: as much of the other as the target says`);
      assert.ok(Math.abs(white[1] - batch.targets[3]) < 1e-5);
      assert.ok(Math.abs(batch.targets[0] + batch.targets[1] - 1) < 1e-6);
      if (white[0] > 0 && white[0] < 1) mixed++;
      if (option === "cutmix") assert.ok(images[0].every((value) => value === 0 || value === 1));
    }
    assert.ok(mixed > 3, option);
  }
  const plain = pair(4);
  mix(plain, {}, new Random(1));
  assert.deepEqual(plain, pair(4));
});

Deno.test("draws from Beta(alpha, alpha) have its mean and variance", () => {
  for (const alpha of [0.2, 1, 3]) {
    const random = new Random(1);
    const draws = Array.from({ length: 4000 }, () => beta(alpha, random));
    const mean = draws.reduce((sum, x) => sum + x) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    assert.ok(Math.abs(mean - 0.5) < 0.03 && Math.abs(variance * 4 * (2 * alpha + 1) - 1) < 0.15, `${alpha}`);
  }
});

Deno.test("balanced weights make classes count the same, and are 1 on average", () => {
  const weights = balancedWeights({ labels: Int32Array.of(0, 0, 0, 1), classes: 3 });
  assert.deepEqual(Array.from(weights, (weight) => Number(weight.toFixed(4))), [0.6667, 2, 0]);
});

Deno.test("averaged weights are their mean, and batch normalisation gets the statistics that belong to them", async () => {
  await engine.use("onnx");
  const net = layers.sequential({
    layers: [
      layers.layers.batchNormalization({ inputShape: [2, 2, 3], momentum: 0.9 }),
      layers.layers.flatten(),
      layers.layers.dense({ units: 2 }),
    ],
  });
  const averaged = new AveragedWeights();
  const set = (value: number) => net.setWeights(net.getWeights().map((weight) => tf.fill(weight.shape, value)));
  set(1);
  await averaged.add(net);
  set(4);
  await averaged.add(net);
  const pixels = Uint8Array.from({ length: 4 * 12 }, (_, i) => (i * 37) % 256);
  const training = { pixels, labels: Int32Array.of(0, 1, 0, 1), size: 2, classes: 2 };
  await averaged.putInto(net, training, { batchSize: 4, inputRange: [0, 1], augmentation: null, seed: 1 });
  assert.deepEqual(Array.from(await net.getWeights()[0].data()), [2.5, 2.5, 2.5]);
  const moving = net.weights.find(({ name }) => name.includes("moving_mean"))!.read();
  const expected = [0, 1, 2].map((c) => pixels.filter((_, i) => i % 3 === c).reduce((sum, v) => sum + v, 0) / 16 / 255);
  (await moving.data()).forEach((value, c) => assert.ok(Math.abs(value - expected[c]) < 1e-5));
  net.dispose();
});

/** Every option at once, on both models that come with it. */
const ALL = {
  epochs: 2,
  weightDecay: 0.05,
  labelSmoothing: 0.1,
  schedule: { kind: "cosine", warmupEpochs: 1 },
  mixup: { alpha: 0.2 },
  cutmix: { alpha: 1 },
  averaging: { from: 0.4 },
  classWeights: "balanced",
  loss: "cosine",
  testTimeAugmentation: 3,
} as const;

Deno.test("all options at once train the same in a Worker and in this thread, without a fallback kernel", () =>
  inTempFolder(async (folder) => {
    await imageFolder(join(folder, "data"), { "train/cat": 8, "train/dog": 6, "test/cat": 2, "test/dog": 2 });
    await engine.use("onnx", { threads: 1 });
    const images = await dataset.open(join(folder, "data"), { size: 16, onProgress: () => {} });
    const fold = images.holdOut(0.3);
    const specs = [model.smallCnn({ width: 0.5, dropout: 0.3 }), model.smallResNet()];
    const once = async (workers: number, cache: string) => {
      Deno.env.set("PLATEAU_CACHE", join(folder, cache));
      train.useWorkers(workers);
      try {
        return await train.fitAll(images, specs.map((spec) => ({ model: spec, fold, config: ALL })), {
          onProgress: () => {},
        });
      } finally {
        train.useWorkers(0);
      }
    };
    const [here, there] = [await once(0, "a"), await once(2, "b")];
    for (const [i, run] of here.entries()) {
      assert.deepEqual(run.probabilities, there[i].probabilities, specs[i].name);
      assert.equal(run.id, there[i].id);
      assert.ok(run.probabilities.every((value) => value >= 0 && value <= 1));
    }
    assert.equal(engine.report().summary, "no fallback kernels");
  }));

Deno.test("smallCnn() keeps what names it without options, and refuses those that cannot be", () => {
  assert.deepEqual(model.smallCnn().config, {
    filters: [16, 32, 64, 128],
    kernel: 3,
    pooling: "max",
    head: "global-average",
  });
  assert.equal(model.smallCnn({ width: 0.5, dropout: 0.2 }).name, "small-cnn-width-0.5-dropout-0.2");
  assert.throws(() => model.smallCnn({ width: 0 }), /width must be .* it is 0/);
  assert.throws(() => model.smallCnn({ dropout: 1 }), /dropout must be .* it is 1/);
});
