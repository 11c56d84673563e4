import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { dataset } from "../../lib/mod.ts";
import * as engine from "../../lib/engine/mod.ts";
import { policies } from "../../lib/augment/mod.ts";
import { type ModelSpec, smallCnn, threadCnn } from "../../lib/model/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { crossValidate, ExperimentStore, fedBatch, fit, keptRuns, trainingConfig } from "../../lib/train/mod.ts";
import { imageFolder, inTempFolder, write } from "../_fixtures.ts";

/** Two classes that differ in colour, with noise: learnt in a few epochs. */
async function redAndBlue(folder: string, perClass = 24): Promise<dataset.Dataset> {
  const random = new Random("red and blue");
  for (const [name, channel] of [["red", 0], ["blue", 2]] as const) {
    for (let i = 0; i < perClass; i++) {
      const pixels = Uint8Array.from(
        { length: 16 * 16 * 3 },
        (_, j) => (j % 3 === channel ? 150 : 60) + random.integer(60),
      );
      const raw = { width: 16, height: 16, channels: 3 } as const;
      await write(
        join(folder, "data", name, `${i}.png`),
        new Uint8Array(await sharp(pixels, { raw }).png().toBuffer()),
      );
    }
  }
  return await dataset.open(join(folder, "data"), { size: 16, onProgress: () => {} });
}

/** One dense layer on all pixels, so that a test takes no time. */
const linear: ModelSpec = {
  name: "linear",
  description: "One dense layer.",
  config: {},
  build: ({ size, classes, seed }) =>
    engine.layers.sequential({
      layers: [
        engine.layers.layers.flatten({ inputShape: [size, size, 3] }),
        engine.layers.layers.dense({
          units: classes,
          activation: "softmax",
          kernelInitializer: engine.layers.initializers.glorotUniform({ seed }),
        }),
      ],
    }),
};

async function withData(test: (images: dataset.Dataset) => Promise<void>) {
  await engine.use("onnx");
  await inTempFolder(async (folder) => await test(await redAndBlue(folder)));
}

Deno.test("fit() learns what can be learnt, and keeps a row per epoch", () =>
  withData(async (images) => {
    const run = await fit(linear, images, images.holdOut(0.25), { epochs: 40, batchSize: 8, learningRate: 0.003 });
    assert.equal(run.history.length, 40);
    assert.deepEqual(run.history.map(({ epoch }) => epoch), Array.from({ length: 40 }, (_, i) => i + 1));
    assert.ok(run.history.at(-1)!.loss < run.history[0].loss);
    assert.ok(run.validationAccuracy.estimate > 0.9, `${run.validationAccuracy.estimate}`);
    assert.equal(run.probabilities.length, run.fold.validation.length * 2);
    assert.equal(run.parameters, 16 * 16 * 3 * 2 + 2);
  }));

Deno.test("fit() takes an experiment that is there from the store, bit for bit", () =>
  withData(async (images) => {
    const fold = images.holdOut(0.25);
    const first = await fit(linear, images, fold, { epochs: 3 });
    const again = await fit(linear, images, fold, { epochs: 3 });
    assert.deepEqual([first.cached, again.cached], [false, true]);
    assert.deepEqual(again.probabilities, first.probabilities);
    assert.deepEqual(again.history, first.history);
    const other = await fit(linear, images, fold, { epochs: 4 });
    assert.equal(other.cached, false);
  }));

Deno.test("fit() with the same seed trains to the same bits, with another seed to others", async () => {
  const trained = async (seed: number) => {
    let probabilities: Float32Array | undefined;
    await withData(async (images) => {
      const settings = { epochs: 2, batchSize: 8, augmentation: policies.flipShift, seed };
      probabilities = (await fit(smallCnn(), images, images.holdOut(0.25), settings)).probabilities;
    });
    return probabilities;
  };
  const once = await trained(1);
  assert.deepEqual(await trained(1), once);
  assert.notDeepEqual(await trained(2), once);
});

Deno.test("fit() with early stopping puts back the weights of the best epoch, judged on an inner part", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx");
    // Nothing can be learnt here, so the loss on unseen images soon rises, by chance earlier on some than on others.
    const root = await imageFolder(join(folder, "data"), { a: 24, b: 24 });
    const images = await dataset.open(root, { size: 16, onProgress: () => {} });
    const settings = { epochs: 30, batchSize: 4, learningRate: 0.01, earlyStopping: { patience: 4 } };
    const run = await fit(linear, images, images.holdOut(0.25), settings);
    const losses = run.history.map(({ innerLoss }) => innerLoss!);
    const best = losses.indexOf(Math.min(...losses));
    assert.equal(run.keptEpoch, best + 1);
    assert.notEqual(best, run.history.length - 1);
    const onValidation = run.history.map(({ validationLoss }) => validationLoss);
    assert.notEqual(onValidation.indexOf(Math.min(...onValidation)), best, "the two must differ to tell");
    assert.ok(run.history.length < 30 && run.history.length === run.keptEpoch + 4, `${run.history.length}`);
    const hits = run.correct.filter(Boolean).length / run.correct.length;
    assert.ok(Math.abs(hits - run.history[best].validationAccuracy) < 1e-12);
  }));

Deno.test("fit() takes the inner part off the training images, and none without early stopping", () =>
  withData(async (images) => {
    const fold = images.holdOut(0.25);
    const run = await fit(linear, images, fold, { epochs: 3, earlyStopping: { patience: 2 } });
    assert.deepEqual(run.inner, images.innerPart(fold, { seed: 1 }));
    assert.ok(run.inner.length > 0 && run.inner.every((i) => fold.train.includes(i)));
    // With 30 training images or so, the accuracy on those trained on counts in steps of one of them.
    const steps = run.trainingAccuracy * (fold.train.length - run.inner.length);
    assert.ok(Math.abs(steps - Math.round(steps)) < 1e-9, `${steps}`);
    const plain = await fit(linear, images, fold, { epochs: 3 });
    assert.deepEqual(plain.inner, []);
    assert.ok(plain.history.every((row) => !("innerLoss" in row)));
  }));

Deno.test("fit() keeps the same epoch and the same weights, whatever the labels it is measured with", () =>
  withData(async (images) => {
    const fold = images.holdOut(0.25);
    const measured = new Set(fold.validation);
    // The same images, trained on with the same labels; those measured with say the opposite.
    const records = images.records.map((record, i) =>
      measured.has(i) ? { ...record, label: 1 - record.label } : record
    );
    const flipped: dataset.Dataset = Object.create(images, {
      records: { value: records },
      labels: { value: (indices: number[]) => Int32Array.from(indices, (i) => records[i].label) },
      innerPart: { value: (...rest: Parameters<typeof images.innerPart>) => images.innerPart(...rest) },
      pixels: { value: (indices: number[]) => images.pixels(indices) },
    });
    // The loss falls epoch by epoch: with the labels turned round, that on `fold.validation` rises instead.
    const settings = { epochs: 6, batchSize: 8, learningRate: 0.0003, earlyStopping: { patience: 2 } };
    const run = await fit(linear, images, fold, settings);
    const other = await fit(linear, flipped, fold, settings);
    assert.equal(other.cached, false, "it must have trained again");
    assert.notDeepEqual(
      other.history.map(({ validationLoss }) => validationLoss),
      run.history.map(({ validationLoss }) => validationLoss),
    );
    assert.ok(run.keptEpoch > 3 && other.history[5].validationLoss > other.history[0].validationLoss);
    assert.equal(other.keptEpoch, run.keptEpoch);
    assert.equal(other.history.length, run.history.length);
    assert.deepEqual(other.probabilities, run.probabilities);
    const store = await ExperimentStore.open();
    try {
      assert.deepEqual((await store.load(other.id))!.weights, (await store.load(run.id))!.weights);
    } finally {
      store.close();
    }
  }));

Deno.test("fit() with early stopping trains all epochs where the classes are too small to give any image", () =>
  inTempFolder(async (folder) => {
    await engine.use("onnx");
    const images = await redAndBlue(folder, 6);
    const fold = images.folds(2)[0];
    const settings = { epochs: 6, batchSize: 4, learningRate: 0.5, earlyStopping: { patience: 1 } };
    const run = await fit(linear, images, fold, settings);
    assert.deepEqual(run.inner, []);
    assert.deepEqual([run.history.length, run.keptEpoch], [6, 6]);
  }));

Deno.test("fit() stops at an epoch whose loss is no number, and the run survives the store", () =>
  withData(async (images) => {
    const exploding: ModelSpec = {
      ...linear,
      name: "exploding",
      build: (input) => {
        const model = linear.build(input);
        model.setWeights(model.getWeights().map((weight) => engine.tf.fill(weight.shape, NaN)));
        return model;
      },
    };
    const fold = images.holdOut(0.25);
    await fit(exploding, images, fold, { epochs: 5 });
    const run = await fit(exploding, images, fold, { epochs: 5 });
    assert.equal(run.cached, true);
    assert.equal(run.history.length, 1);
    assert.ok(Number.isNaN(run.history[0].loss));
    assert.equal(run.validationAccuracy.estimate, 0);
  }));

Deno.test("fit() reports channels of a ReLU that never fire", () =>
  withData(async (images) => {
    const half: ModelSpec = {
      ...linear,
      name: "half-dead",
      build: ({ size, classes }) => {
        const { layers } = engine.layers;
        const model = engine.layers.sequential({
          layers: [
            layers.conv2d({ name: "conv", filters: 4, kernelSize: 3, activation: "relu", inputShape: [size, size, 3] }),
            layers.globalAveragePooling2d({}),
            layers.dense({ units: classes, activation: "softmax" }),
          ],
        });
        const [kernel, , ...rest] = model.getWeights();
        model.setWeights([kernel, engine.tf.tensor1d([100, 100, -100, -100]), ...rest]);
        return model;
      },
    };
    const run = await fit(half, images, images.holdOut(0.25), { epochs: 1, learningRate: 1e-6 });
    assert.deepEqual(run.deadUnits, [{ layer: "conv", share: 0.5 }]);
  }));

Deno.test("fit() leaks no tensor", () =>
  withData(async (images) => {
    const fold = images.holdOut(0.25);
    await fit(smallCnn(), images, fold, { epochs: 1, seed: 1 });
    const before = engine.tf.memory().numTensors;
    await fit(smallCnn(), images, fold, { epochs: 2, seed: 2 });
    assert.equal(engine.tf.memory().numTensors, before);
  }));

Deno.test("fit() stops in order at Ctrl-C, and keeps the runs that were finished", {
  ignore: Deno.build.os === "windows",
}, () =>
  inTempFolder(async (folder) => {
    await redAndBlue(folder);
    const library = JSON.stringify(new URL("../../lib/mod.ts", import.meta.url).href);
    const script = `
      import { dataset, engine, model, train } from ${library};
      await engine.use("onnx");
      const images = await dataset.open(${JSON.stringify(join(folder, "data"))}, { size: 16 });
      const fold = images.holdOut(0.25);
      await train.fit(model.smallCnn(), images, fold, { epochs: 1 });
      console.log("one is finished");
      try {
        await train.fit(model.smallCnn(), images, fold, { epochs: 100_000 });
      } catch (error) {
        console.log(error.name);
      }`;
    const child = new Deno.Command("deno", { args: ["eval", "--quiet", script], stdout: "piped", stderr: "null" })
      .spawn();
    let said = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (said === "one is finished\n") setTimeout(() => child.kill("SIGINT"), 500);
    }
    assert.equal((await child.status).code, 0);
    assert.equal(said, "one is finished\nInterrupted\n");
    const store = await ExperimentStore.open();
    assert.equal(store.count(), 1);
    store.close();
  }));

Deno.test("the thread's CNN trains once it has its Flatten, without fallback kernels", () =>
  withData(async (images) => {
    const run = await fit(threadCnn(), images, images.holdOut(0.25), { epochs: 1 });
    assert.equal(run.history.length, 1);
    assert.deepEqual(engine.report().fallbacks, []);
  }));

Deno.test("trainingConfig() names the option that cannot be", () => {
  assert.throws(() => trainingConfig({ epochs: 0 }), /epochs must be a whole number of at least 1, got 0/);
  assert.throws(() => trainingConfig({ batchSize: 2.5 }), /batchSize .* got 2.5/);
  assert.throws(() => trainingConfig({ learningRate: NaN }), /learningRate .* got NaN/);
  assert.throws(() => trainingConfig({ earlyStopping: { patience: 0 } }), /earlyStopping.patience .* got 0/);
});

Deno.test("fit() with mostImages trains on that many, and is scored on the whole validation part", () =>
  withData(async (images) => {
    const fold = images.holdOut(0.5);
    const run = await fit(linear, images, fold, { epochs: 2, mostImages: 10 });
    assert.equal(run.fold.train.length, 10);
    assert.ok(run.fold.train.every((image) => fold.train.includes(image)));
    assert.deepEqual(run.fold.validation, fold.validation);
    assert.equal(run.correct.length, fold.validation.length);
    assert.notEqual((await fit(linear, images, fold, { epochs: 2 })).id, run.id);
  }));

Deno.test("keptRuns() counts what would not be trained again", () =>
  withData(async (images) => {
    const folds = images.folds(3);
    const config = { epochs: 1, mostImages: 12 };
    assert.equal(await keptRuns(linear, images, folds, config), 0);
    await fit(linear, images, folds[1], config);
    assert.equal(await keptRuns(linear, images, folds, config), 1);
    assert.equal(await keptRuns(linear, images, folds, { ...config, seed: 2 }), 0);
  }));

Deno.test("a run is a rung of the accuracy ladder, unless its loss is wrong on purpose", () =>
  withData(async (images) => {
    const rungs = async (config: Parameters<typeof fit>[3]) =>
      (await fit(linear, images, images.holdOut(0.25), { epochs: 1, ...config })).figures()
        .flatMap(({ rung, of }) => rung === undefined ? [] : [[rung, of]]);
    assert.deepEqual(await rungs({}), [["model", "linear"]]);
    assert.deepEqual(await rungs({ batchSize: 4 }), [["model", "linear, batches of 4"]]);
    assert.deepEqual(await rungs({ loss: "meanSquaredError" }), []);
  }));

Deno.test("fedBatch() reads back what training would feed: scaled pixels and one-hot rows", () =>
  withData(async (images) => {
    const scaled = await fedBatch(images), raw = await fedBatch(images, { inputRange: [0, 255] });
    const n = images.development.length;
    assert.deepEqual([scaled.inputShape, scaled.targetShape], [[n, 16, 16, 3], [n, 2]]);
    const pixels = await images.pixels(images.development);
    assert.deepEqual(raw.inputs, Float32Array.from(pixels));
    assert.ok(Math.abs(scaled.inputs[7] - pixels[7] / 255) < 1e-6);
    const labels = images.labels(images.development);
    assert.deepEqual(scaled.targets, Float32Array.from({ length: 2 * n }, (_, i) => Number(labels[i >> 1] === i % 2)));
  }));

Deno.test("crossValidate() tells a larger job where it is, over all folds", () =>
  withData(async (images) => {
    const told: number[] = [];
    await crossValidate(linear, images, images.folds(2), { epochs: 3 }, { onProgress: (epochs) => told.push(epochs) });
    assert.deepEqual(told, told.toSorted((a, b) => a - b));
    assert.equal(told.at(-1), 6);
  }));
