/**
 * One suite over all engines, of which the environment variable `PLATEAU_TEST_ENGINE` names one: native libraries of
 * several do not get on in one process. `deno task test:engines` runs it for each; those that are not here are skipped,
 * by name. It takes some minutes, so it is no part of `deno task test`; the engine `onnx` has more tests there.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EngineName, layers, tf, use } from "../lib/engine/mod.ts";
import { loadBackbone } from "../lib/model/mod.ts";
import { Random } from "../lib/stats/mod.ts";
import { inTempFolder } from "./_fixtures.ts";
import { findPythonWith } from "./_programs.ts";
import { assertClose, normal, type Raw } from "./engine/_compare.ts";
import { tinyData, tinyModel } from "./engine/_models.ts";

const name = (Deno.env.get("PLATEAU_TEST_ENGINE") ?? "onnx") as EngineName;

/** Specs of tfjs-core that must pass, at least. */
const SPECS: Partial<Record<EngineName, number>> = { onnx: 4100, tensorflow: 3880, webgpu: 3960 };

const missing = await use(name).then(() => null, (error: Error) => error.message);
if (missing !== null) console.log(`skipped: ${name}: ${missing}`);
const on = (what: string, body: () => Promise<void>) =>
  Deno.test(
    `${name}: ${what}`,
    { ignore: missing !== null, sanitizeOps: false, sanitizeResources: false },
    async () => {
      await use(name);
      await body();
    },
  );

on("gradients are those of the cpu engine", async () => {
  for (const { what, f, inputs } of gradients()) {
    const own = await evaluate(f, inputs);
    await use("cpu");
    const expected = await evaluate(f, inputs);
    await use(name);
    assertClose(own, expected, `${name}: ${what}`, 2e-4);
  }
});

on("model.fit learns, and the same seed gives the same losses as on the cpu engine", async () => {
  const own = await losses();
  await use("cpu");
  const expected = await losses();
  await use(name);
  own.forEach((loss, i) => assert.ok(Math.abs(loss - expected[i]) < 2e-3 * expected[i], `${own} against ${expected}`));
  assert.ok(own.at(-1)! < own[0], `${own}`);
});

on("the same seed gives the same weights again, bit for bit", async () => {
  assert.deepEqual(await weights(), await weights());
});

on("10,000 steps of a two-layer model leave neither tensors nor memory behind", async () => {
  const step = steps();
  await step(1500); // caches fill up, compilers settle
  const tensors = tf.memory().numTensors, before = resident();
  // A software adapter takes a minute for a few hundred.
  await step(name === "webgpu" ? 200 : 10_000);
  assert.equal(tf.memory().numTensors, tensors);
  const grown = (resident() - before) / 2 ** 20;
  assert.ok(grown < 40, `resident memory grew by ${grown.toFixed(0)} MiB`);
});

const specs = SPECS[name];
if (specs !== undefined && name !== "onnx") {
  on("tfjs-core's own specs pass, but for those that are excluded with a reason", async () => {
    const { success, stdout, stderr } = await new Deno.Command("deno", {
      args: ["task", "--quiet", "test:conformance", name],
      cwd: fileURLToPath(new URL("../", import.meta.url)),
      stdin: "null",
    }).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.ok(success, `${out}\n${err}`);
    const passed = Number(out.match(/(\d+) passed, 0 failed/)?.[1]);
    assert.ok(passed >= specs, out.slice(-500));
    console.log(`${name}: ${out.trim().split("\n").at(-1)}`);
  });
}

if (name === "tensorflow") {
  const python = await findPythonWith("tensorflow", ["keras"]);
  if (python === null) {
    console.log("skipped: a SavedModel as a backbone, since there is no Python with TensorFlow to make one");
  }
  Deno.test("tensorflow: a SavedModel that Keras exported is a backbone, and gives Keras's own features", {
    ignore: missing !== null || python === null,
    sanitizeOps: false,
    sanitizeResources: false,
  }, () =>
    inTempFolder(async (folder) => {
      const script = `import sys, json, os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy as np
net = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(5, 3, padding="same", activation="relu"), keras.layers.GlobalAveragePooling2D()])
net.export(sys.argv[1], verbose=False)
x = (np.arange(2 * 192) % 251).reshape(2, 8, 8, 3).astype("float32") / 255
print(json.dumps(np.asarray(net(x)).tolist()))`;
      const model = join(folder, "net");
      const { stdout } = await new Deno.Command(python!, {
        args: ["-c", script, model],
        env: { KERAS_BACKEND: "tensorflow" },
        stderr: "null",
      }).output();
      const expected = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!) as number[][];
      await Deno.writeTextFile(
        join(model, "card.json"),
        JSON.stringify({ range: [0, 1], mean: [0, 0, 0], std: [1, 1, 1] }),
      );
      await use("tensorflow");
      const backbone = await loadBackbone(model);
      const pixels = Uint8Array.from({ length: 2 * 192 }, (_, i) => i % 251);
      const features = await backbone.features(pixels, 2);
      // Features are scaled to length 1.
      expected.forEach((row, i) => {
        const length = Math.hypot(...row);
        row.forEach((value, j) => assert.ok(Math.abs(features[5 * i + j] - value / length) < 1e-5));
      });
      await use("cpu");
      await assert.rejects(loadBackbone(model), /a SavedModel runs on TensorFlow only, the engine is "cpu"/);
    }));
}

/** Resident memory of this process without JavaScript's heap, which grows and shrinks as it likes; in bytes. */
function resident(): number {
  const { rss, heapTotal } = Deno.memoryUsage();
  return rss - heapTotal;
}

/** The value of a function and its gradients; values are read without blocking, as WebGPU wants it. */
async function evaluate(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: readonly Raw[]): Promise<Raw[]> {
  const results = tf.tidy(() => {
    const tensors = inputs.map(({ shape, values }) => tf.tensor(values, shape));
    const value = f(...tensors);
    const dy = normal(new Random("dy"), value.shape);
    return [value, ...tf.grads(f)(tensors, tf.tensor(dy.values, dy.shape))];
  });
  const raw: Raw[] = [];
  for (const tensor of results) {
    raw.push({ shape: tensor.shape, values: Float32Array.from(await tensor.data()) });
    tensor.dispose();
  }
  return raw;
}

/** What networks for images are made of, on seeded numbers. */
function gradients(): { what: string; f: (...inputs: tf.Tensor[]) => tf.Tensor; inputs: Raw[] }[] {
  const random = new Random("engines");
  const image = () => normal(random, [2, 7, 6, 5]);
  const four = (x: tf.Tensor) => x as tf.Tensor4D;
  return [
    {
      what: "convolution",
      f: (x, w) => tf.conv2d(four(x), four(w), [2, 1], "same"),
      inputs: [image(), normal(random, [3, 3, 5, 4])],
    },
    {
      what: "depthwise convolution",
      f: (x, w) => tf.depthwiseConv2d(four(x), four(w), 1, "same"),
      inputs: [image(), normal(random, [3, 3, 5, 1])],
    },
    {
      what: "batch normalisation",
      f: (x, offset, scale) => {
        const { mean, variance } = tf.moments(x, [0, 1, 2]);
        return tf.batchNorm4d(
          four(x),
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
        );
      },
      inputs: [image(), normal(random, [5]), normal(random, [5])],
    },
    { what: "max pooling", f: (x) => tf.maxPool(four(x), 2, 2, "valid"), inputs: [image()] },
    { what: "average pooling", f: (x) => tf.avgPool(four(x), 3, 2, "valid"), inputs: [image()] },
    {
      what: "dense layer and softmax",
      f: (x, w) => tf.softmax(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D)),
      inputs: [normal(random, [4, 6]), normal(random, [6, 3])],
    },
    { what: "mean of squares of ReLUs", f: (x) => tf.mean(tf.square(tf.relu(x)), [1, 2]), inputs: [image()] },
  ];
}

/** Losses of six epochs. */
async function losses(): Promise<number[]> {
  const model = tinyModel();
  model.compile({ optimizer: tf.train.adam(0.01), loss: "sparseCategoricalCrossentropy" });
  const { x, y } = tinyData(24);
  const { history } = await model.fit(x, y, { epochs: 6, batchSize: 8, shuffle: false, verbose: 0 });
  tf.dispose([x, y]);
  model.dispose();
  return history.loss as number[];
}

async function weights(): Promise<Float32Array[]> {
  const model = tinyModel(0.3);
  model.compile({ optimizer: tf.train.adam(0.01), loss: "sparseCategoricalCrossentropy" });
  const { x, y } = tinyData(24);
  await model.fit(x, y, { epochs: 3, batchSize: 8, shuffle: false, verbose: 0 });
  const values = await Promise.all(model.getWeights().map(async (weight) => Float32Array.from(await weight.data())));
  tf.dispose([x, y]);
  model.dispose();
  return values;
}

/** Trains a model of two layers on one batch, again and again. */
function steps(): (count: number) => Promise<void> {
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ units: 8, activation: "relu", inputShape: [6] }),
      layers.layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.01), loss: "categoricalCrossentropy" });
  const x = tf.randomNormal([4, 6], 0, 1, "float32", 1), y = tf.oneHot([0, 1, 2, 0], 3);
  return async (count) => {
    for (let step = 0; step < count; step++) await model.trainOnBatch(x, y);
  };
}
