import { layers, type Sequential, type Tensor, tf } from "../../lib/engine/mod.ts";
import { Random } from "../../lib/stats/mod.ts";

/** A small convolutional network, with everything seeded. Input [batch, 9, 9, 3], 4 classes. */
export function tinyModel(dropout = 0): Sequential {
  const kernelInitializer = layers.initializers.glorotUniform({ seed: 1 });
  const l = layers.layers;
  return layers.sequential({
    layers: [
      // No bias: batch normalisation takes it away again, so that its gradient is rounding noise.
      l.conv2d({
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: "same",
        useBias: false,
        inputShape: [9, 9, 3],
        kernelInitializer,
      }),
      l.batchNormalization(),
      l.reLU(),
      l.conv2d({ filters: 6, kernelSize: 3, activation: "relu", kernelInitializer }),
      l.dropout({ rate: dropout, seed: 3 }),
      l.flatten(),
      l.dense({ units: 4, activation: "softmax", kernelInitializer }),
    ],
  });
}

/** n images of four classes that differ in brightness. The caller disposes of both. */
export function tinyData(n: number): { x: Tensor; y: Tensor } {
  const random = new Random("tiny data");
  const pixels = Float32Array.from(
    { length: n * 243 },
    (_, i) => random.next() * (0.3 + (Math.floor(i / 243) % 4) / 4),
  );
  return { x: tf.tensor(pixels, [n, 9, 9, 3]), y: tf.tensor1d(Float32Array.from({ length: n }, (_, i) => i % 4)) };
}

/** All weights, one array after the other. */
export function weightsOf(model: Sequential): Float32Array[] {
  return model.getWeights().map((weight) => Float32Array.from(weight.dataSync()));
}
