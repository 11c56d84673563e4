import assert from "node:assert/strict";
import { join } from "node:path";
import * as engine from "../../lib/engine/mod.ts";
import { dataset, model, train } from "../../lib/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { AveragedWeights } from "../../lib/train/_averaging.ts";
import { viewsOf } from "../../lib/train/_views.ts";
import { imageFolder, inTempFolder } from "../_fixtures.ts";

const { tf, layers } = engine;

async function withImages(test: (images: dataset.Dataset) => Promise<void>): Promise<void> {
  await engine.use("onnx");
  await inTempFolder(async (folder) => {
    await imageFolder(join(folder, "data"), { cat: 12, dog: 12 });
    await test(await dataset.open(join(folder, "data"), { size: 16, onProgress: () => {} }));
  });
}

const quiet = { onProgress: () => {} };

Deno.test("training without options has the bits of Adam on plain batches", () =>
  withImages(async (images) => {
    const fold = images.holdOut(0.25);
    const [run] = await train.fitAll(images, [{
      model: model.smallCnn(),
      fold,
      config: { epochs: 2, batchSize: 8, seed: 3 },
    }], quiet);
    const net = model.smallCnn().build({ size: 16, classes: 2, seed: 3 });
    net.compile({ optimizer: tf.train.adam(0.001), loss: "categoricalCrossentropy" });
    const labels = images.labels(fold.train);
    const batch = async (indices: readonly number[]) => {
      const values = Float32Array.from(await images.pixels(indices), (byte) => byte / 255);
      return tf.tensor4d(values, [indices.length, 16, 16, 3]);
    };
    for (const epoch of [1, 2]) {
      const order = new Random(`3/epoch/${epoch}`).shuffled(labels.keys());
      for (let start = 0; start < order.length; start += 8) {
        const rows = order.slice(start, start + 8);
        const x = await batch(rows.map((row) => fold.train[row]));
        const y = tf.tensor2d(rows.map((row) => [Number(labels[row] === 0), Number(labels[row] === 1)]));
        await net.trainOnBatch(x, y);
      }
    }
    const expected = net.predictOnBatch(await batch(fold.validation)) as engine.Tensor;
    assert.deepEqual(run.probabilities, await expected.data());
    net.dispose();
  }));

Deno.test("a range of learning rates keeps the loss of every step, and no other schedule does", () =>
  withImages(async (images) => {
    const fold = images.holdOut(0.25);
    const config = (schedule?: train.Schedule) => ({ epochs: 2, batchSize: 8, learningRate: 1e-4, schedule });
    const runs = await train.fitAll(
      images,
      [config({ kind: "range", to: 0.1 }), config({ kind: "cosine", warmupEpochs: 1 }), config()].map((config) => ({
        model: model.smallCnn(),
        fold,
        config,
      })),
      quiet,
    );
    const steps = Math.ceil(fold.train.length / 8);
    assert.deepEqual(runs[0].history.map(({ stepLosses }) => stepLosses?.length), [steps, steps]);
    assert.ok(runs.slice(1).every(({ history }) => history.every(({ stepLosses }) => stepLosses === undefined)));
    assert.throws(() => train.trainingConfig({ schedule: { kind: "range", to: 0 } }), /schedule.to must be .* got 0/);
  }));

Deno.test("rates and decay that change at every step compile no graph of their own", () =>
  withImages(async (images) => {
    const compiled = async (epochs: number) => {
      const before = engine.report().graphs.compiled;
      await train.fitAll(images, [{
        model: model.smallCnn(),
        fold: images.holdOut(0.25),
        config: {
          epochs,
          batchSize: 6,
          weightDecay: 0.1,
          schedule: { kind: "cosine", warmupEpochs: 1 },
          classWeights: "balanced",
          averaging: { from: 0.5 },
        },
      }], quiet);
      return engine.report().graphs.compiled - before;
    };
    await compiled(2);
    assert.equal(await compiled(6), 0);
  }));

Deno.test("dropout draws another mask at every step, the same ones for the same seed", async () => {
  await engine.use("onnx");
  const masked = () => {
    const net = model.smallCnn({ dropout: 0.5 }).build({ size: 16, classes: 4, seed: 1 });
    const x = tf.ones([2, 16, 16, 3]);
    const once = () => Array.from((net.apply(x, { training: true }) as engine.Tensor).dataSync());
    return [once(), once(), once()];
  };
  const first = masked();
  assert.notDeepEqual(first[0], first[1]);
  assert.notDeepEqual(first[1], first[2]);
  assert.deepEqual(masked(), first);
});

Deno.test("batch normalisation is measured on shuffled batches: images in the order of their classes vary too little", async () => {
  await engine.use("onnx");
  const net = layers.sequential({
    layers: [layers.layers.batchNormalization({ inputShape: [1, 1, 3] }), layers.layers.flatten()],
  });
  const averaged = new AveragedWeights();
  await averaged.add(net);
  const n = 512;
  const training = {
    pixels: Uint8Array.from({ length: 3 * n }, (_, i) => i < 3 * n / 2 ? 0 : 255),
    labels: Int32Array.from({ length: n }, (_, i) => i < n / 2 ? 0 : 1),
    size: 1,
    classes: 2,
  };
  await averaged.putInto(net, training, { batchSize: 64, inputRange: [0, 1], augmentation: null, seed: 1 });
  const [mean, variance] = net.getWeights().slice(-2).map((weight) => weight.dataSync()[0]);
  assert.ok(Math.abs(mean - 0.5) < 1e-6, `${mean}`);
  assert.ok(variance > 0.24 && variance <= 0.26, `${variance}`);
  net.dispose();
});

Deno.test("views of an image are mirrored and moved, whatever images are beside it", () => {
  const size = 16, image = Uint8Array.from({ length: size * size * 3 }, (_, i) => i % 251);
  const examples = { pixels: image, labels: Int32Array.of(0), size, classes: 2 };
  const [mirrored, right] = [...viewsOf(examples, 3)];
  const at = (pixels: Uint8Array, x: number, y: number) => pixels[(y * size + x) * 3];
  assert.equal(at(mirrored, 0, 5), at(image, 15, 5));
  assert.equal(at(right, 6, 2), at(image, 5, 2));
  assert.equal(at(right, 0, 2), at(image, 0, 2));
  const twice = new Uint8Array([...image.toReversed(), ...image]);
  const beside = [...viewsOf({ ...examples, pixels: twice }, 10)].map((pixels) => pixels.slice(image.length));
  assert.deepEqual(beside, [...viewsOf(examples, 10)]);
  assert.equal(beside.length, 9);
});
