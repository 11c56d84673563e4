import { type Tensor2D, tf } from "../../engine/mod.ts";
import { Random } from "../../stats/mod.ts";
import type { Standard } from "./kernel.ts";
import type { HeadSpec, MlpWeights } from "./types.ts";

const BATCH = 64, LEARNING_RATE = 0.003;

/**
 * A network with one hidden layer, trained on standardised features by the current engine.
 *
 * @param rows [n, D] Standardised, of length 1 on average.
 */
export async function fitMlp(
  rows: Float32Array,
  labels: Int32Array,
  classes: number,
  spec: Extract<HeadSpec, { kind: "mlp" }>,
  standard: Standard,
  { seed, pause }: { readonly seed: number; readonly pause?: () => Promise<void> },
): Promise<MlpWeights> {
  const { units, epochs, weightDecay, temperature = 1 } = spec;
  const n = labels.length, dimensions = rows.length / n;
  // Rows of length √D have a spread of 1 in each feature, which is what He's initialisation is made for.
  const loud = Math.sqrt(dimensions);
  const random = new Random(`${seed}/mlp`);
  const drawn = (count: number, deviation: number) =>
    Float32Array.from({ length: count }, () => deviation * random.normal());
  const first = tf.variable(tf.tensor2d(drawn(dimensions * units, Math.sqrt(2 / dimensions)), [dimensions, units]));
  const firstBias = tf.variable(tf.zeros([units]));
  const second = tf.variable(tf.tensor2d(drawn(units * classes, Math.sqrt(1 / units)), [units, classes]));
  const secondBias = tf.variable(tf.zeros([classes]));
  const variables = [first, firstBias, second, secondBias];
  const optimiser = tf.train.adam(LEARNING_RATE);
  const size = Math.min(BATCH, n);
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = random.shuffled(labels.keys());
      // Batches of one size: one graph is compiled. What is left over waits for the next epoch's order.
      for (let start = 0; start + size <= n; start += size) {
        const x = new Float32Array(size * dimensions), y = new Float32Array(size * classes);
        order.slice(start, start + size).forEach((row, i) => {
          for (let d = 0; d < dimensions; d++) x[i * dimensions + d] = loud * rows[row * dimensions + d];
          y[i * classes + labels[row]] = 1;
        });
        const inputs = tf.tensor2d(x, [size, dimensions]), targets = tf.tensor2d(y, [size, classes]);
        const loss = optimiser.minimize(
          () => {
            const hidden = tf.relu(tf.add(tf.matMul(inputs, first as unknown as Tensor2D), firstBias)) as Tensor2D;
            const scores = tf.add(tf.matMul(hidden, second as unknown as Tensor2D), secondBias);
            const misfit = tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(scores)), 1)));
            const penalty = tf.add(tf.sum(tf.square(first)), tf.sum(tf.square(second)));
            return tf.add(misfit, tf.mul(penalty, weightDecay)) as tf.Scalar;
          },
          true,
          variables,
        )!;
        await loss.data(); // one run of the graph for each step
        tf.dispose([loss, inputs, targets]);
        await pause?.();
      }
    }
    const [w1, b1, w2, b2] = await Promise.all(variables.map((variable) => variable.data()));
    const hidden = new Float32Array(units * dimensions), hiddenBiases = Float32Array.from(b1);
    for (let u = 0; u < units; u++) {
      for (let d = 0; d < dimensions; d++) {
        const weight = w1[d * units + u] * loud * standard.scale[d];
        hidden[u * dimensions + d] = weight;
        hiddenBiases[u] -= weight * standard.mean[d];
      }
    }
    const weights = new Float32Array(classes * units);
    for (let k = 0; k < classes; k++) {
      for (let u = 0; u < units; u++) weights[k * units + u] = w2[u * classes + k] / temperature;
    }
    return {
      kind: "mlp",
      classes,
      dimensions,
      units,
      hidden,
      hiddenBiases,
      weights,
      biases: Float32Array.from(b2, (bias) => bias / temperature),
    };
  } finally {
    tf.dispose(variables);
    optimiser.dispose();
  }
}
