import { layers, tf } from "../engine/mod.ts";
import { type Examples, inputs } from "./_batches.ts";
import { viewsOf } from "./_views.ts";
import type { DeadUnits, TrainingConfig } from "./types.ts";
import { breathe } from "./_breathe.ts";

const BATCH = 64;

/** Probabilities [n, K], row by row, as the mean over so many views of each image; the first is the image as it is. */
export async function predictViews(
  model: layers.LayersModel,
  examples: Examples,
  range: TrainingConfig["inputRange"],
  views: number,
): Promise<Float32Array> {
  const first = await predict(model, examples, range);
  if (views === 1) return first;
  const sum = Float64Array.from(first);
  for (const pixels of viewsOf(examples, views)) {
    (await predict(model, { ...examples, pixels }, range)).forEach((value, i) => sum[i] += value);
  }
  return Float32Array.from(sum, (value) => value / views);
}

/** Probabilities [n, K], row by row. */
export async function predict(
  model: layers.LayersModel,
  examples: Examples,
  range: TrainingConfig["inputRange"],
): Promise<Float32Array> {
  const n = examples.labels.length;
  const probabilities = new Float32Array(n * examples.classes);
  for (const rows of slices(n)) {
    const x = inputs(examples, rows, range);
    const y = tf.tidy(() => model.predictOnBatch(x) as tf.Tensor);
    probabilities.set(await y.data() as Float32Array, rows[0] * examples.classes);
    tf.dispose([x, y]);
    await breathe();
  }
  return probabilities;
}

/** For each row of `probabilities`, whether its largest entry is the label. NaN is never right. */
export function hits(probabilities: Float32Array, labels: Int32Array, classes: number): boolean[] {
  return Array.from(labels, (label, i) => {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    let best = -1;
    row.forEach((value, k) => {
      if (best < 0 ? !Number.isNaN(value) : value > row[best]) best = k;
    });
    return best === label;
  });
}

/**
 * Mean loss as training computes it: cross-entropies in nats, probabilities clipped as tfjs and Keras clip them (1e-7);
 * binary cross-entropy and squared error as the mean over the classes too.
 */
export function meanLoss(
  loss: TrainingConfig["loss"],
  probabilities: Float32Array,
  labels: Int32Array,
  classes: number,
): number {
  const log = (value: number) => Math.log(Math.min(1, Math.max(1e-7, value)));
  let sum = 0;
  for (const [i, label] of labels.entries()) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    if (loss === "categoricalCrossentropy") {
      sum -= log(row[label]);
      continue;
    }
    if (loss === "cosine") {
      sum += 1 - row[label] / (Math.hypot(...row) + 1e-7);
      continue;
    }
    for (const [k, value] of row.entries()) {
      if (loss === "meanSquaredError") sum += (value - Number(k === label)) ** 2 / classes;
      else sum -= log(k === label ? value : 1 - value) / classes;
    }
  }
  return sum / labels.length;
}

/** The share of true entries. */
export function share(flags: readonly boolean[]): number {
  return flags.reduce((sum, flag) => sum + Number(flag), 0) / flags.length;
}

/** Looks at the output of every ReLU for up to 256 images: which channels are zero for all of them? */
export async function findDeadUnits(
  model: layers.LayersModel,
  examples: Examples,
  range: TrainingConfig["inputRange"],
): Promise<DeadUnits[]> {
  // What is called in several places has several outputs, and no single answer.
  const rectifiers = model.layers.filter((layer) => isRelu(layer) && layer.inboundNodes.length === 1);
  if (rectifiers.length === 0) return [];
  const outputs = rectifiers.map((layer) => layer.output as layers.SymbolicTensor);
  const probe = layers.model({ inputs: model.inputs, outputs });
  const highest = outputs.map((output) => new Float32Array(output.shape.at(-1)!));
  for (const rows of slices(Math.min(256, examples.labels.length))) {
    const x = inputs(examples, rows, range);
    const peaks = tf.tidy(() => {
      const activations = probe.predictOnBatch(x) as tf.Tensor | tf.Tensor[];
      return [activations].flat().map((values) => tf.max(values, values.shape.slice(0, -1).map((_, axis) => axis)));
    });
    for (const [i, peak] of peaks.entries()) {
      (await peak.data()).forEach((value, channel) => highest[i][channel] = Math.max(highest[i][channel], value));
    }
    tf.dispose([x, ...peaks]);
    await breathe();
  }
  return rectifiers.map((layer, i) => ({
    layer: layer.name,
    share: highest[i].reduce((dead, value) => dead + Number(value <= 0), 0) / highest[i].length,
  }));
}

function isRelu(layer: layers.layers.Layer): boolean {
  return layer.getClassName() === "ReLU" || layer.getConfig().activation === "relu";
}

function* slices(n: number): Generator<number[]> {
  for (let start = 0; start < n; start += BATCH) {
    yield Array.from({ length: Math.min(BATCH, n - start) }, (_, i) => start + i);
  }
}
