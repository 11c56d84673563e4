/**
 * A stranger's script: it knows TensorFlow.js and the engine's `mod.ts`, nothing else of this project. What it does is
 * what TensorFlow.js's guides do (define a model, compile, fit with validation, evaluate, predict, save and load, a
 * custom loop); the two lines that name the engine are the only difference.
 *
 * Prints one line of JSON.
 */
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { statistics } from "../../../lib/engine/onnx/mod.ts";

await tf.setBackend("onnx");

// Discs and squares in grey images of 16 by 16, by a seeded generator.
let state = 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const [n, size] = [120, 16];
const pixels = new Float32Array(n * size * size);
const kinds = Array.from({ length: n }, (_, i) => i % 2);
kinds.forEach((kind, image) => {
  const [cy, cx, r] = [5 + 6 * random(), 5 + 6 * random(), 3 + 2 * random()];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const inside = kind === 0
        ? Math.hypot(y - cy, x - cx) < r
        : Math.max(Math.abs(y - cy), Math.abs(x - cx)) < r * 0.9;
      pixels[(image * size + y) * size + x] = (inside ? 0.8 : 0.2) + 0.1 * random();
    }
  }
});
const xs = tf.tensor4d(pixels, [n, size, size, 1]);
const ys = tf.oneHot(tf.tensor1d(kinds, "int32"), 2);

const model = tfl.sequential();
const kernelInitializer = () => tfl.initializers.heNormal({ seed: 7 });
model.add(tfl.layers.conv2d({
  inputShape: [size, size, 1],
  filters: 8,
  kernelSize: 5,
  activation: "relu",
  kernelInitializer: kernelInitializer(),
}));
model.add(tfl.layers.maxPooling2d({ poolSize: 2 }));
model.add(tfl.layers.batchNormalization({ momentum: 0.8 }));
model.add(tfl.layers.conv2d({
  filters: 16,
  kernelSize: 3,
  activation: "relu",
  kernelInitializer: kernelInitializer(),
}));
model.add(tfl.layers.flatten());
model.add(tfl.layers.dropout({ rate: 0.2, seed: 1 }));
model.add(tfl.layers.dense({ units: 2, activation: "softmax", kernelInitializer: kernelInitializer() }));
model.compile({ optimizer: tf.train.adam(0.01), loss: "categoricalCrossentropy", metrics: ["accuracy"] });

const epochs: number[] = [];
const { history } = await model.fit(xs, ys, {
  epochs: 12,
  shuffle: false,
  batchSize: 16,
  validationSplit: 0.25,
  verbose: 0,
  callbacks: { onEpochEnd: (epoch) => void epochs.push(epoch) },
});

const [loss, accuracy] = model.evaluate(xs, ys, { batchSize: 32 }) as tf.Scalar[];
const predictions = model.predict(xs) as tf.Tensor;

// Save and load, in memory.
let saved: tf.io.ModelArtifacts | undefined;
await model.save(tf.io.withSaveHandler((artifacts) => {
  saved = artifacts;
  return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } });
}));
const loaded = await tfl.loadLayersModel(tf.io.fromMemory(saved!));
const again = loaded.predict(xs) as tf.Tensor;

// A custom loop: a line through points.
const slope = tf.variable(tf.scalar(0)), offset = tf.variable(tf.scalar(0));
const px = tf.linspace(-1, 1, 20), py = tf.add(tf.mul(px, 3), 1);
const optimizer = tf.train.sgd(0.3);
for (let step = 0; step < 60; step++) {
  optimizer.minimize(() => tf.losses.meanSquaredError(py, tf.add(tf.mul(px, slope), offset)) as tf.Scalar);
}

console.log(JSON.stringify({
  backend: tf.getBackend(),
  epochs,
  losses: history.loss,
  validationAccuracies: history.val_acc,
  loss: (await loss.data())[0],
  accuracy: (await accuracy.data())[0],
  predictions: Array.from(await predictions.data()),
  again: Array.from(await again.data()),
  line: [slope.dataSync()[0], offset.dataSync()[0]],
  fallbacks: [...statistics().fallbacks],
}));
