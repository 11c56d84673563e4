import { layers } from "../engine/mod.ts";
import type { ModelInput, ModelSpec } from "./types.ts";

const FILTERS = [16, 32, 64, 128];

/**
 * The CNN of the question this workbench answers: four 3x3 convolutions of 16 (stride 2, same padding), 32, 64 and 128
 * filters with ReLU, then `Dense(K, softmax)`.
 *
 * As posted, nothing stands between the last convolution and the dense layer, so the output is a map of class
 * probabilities instead of one distribution, and it cannot be trained against one label per image. The smallest
 * correction is one `Flatten`; it is the only change made. `asPosted: true` leaves it out, for the lint to look at.
 */
export function threadCnn(options: { asPosted?: boolean } = {}): ModelSpec {
  const flatten = !options.asPosted;
  return {
    name: flatten ? "thread-cnn" : "thread-cnn-as-posted",
    description: flatten
      ? "The CNN of the question: four convolutions, one Flatten (added, it could not train without), one dense layer."
      : "The CNN of the question, exactly as posted: nothing between the convolutions and the dense layer.",
    config: { filters: FILTERS, kernel: 3, flatten },
    source: { from: "library" },
    build({ size, classes, seed }: ModelInput) {
      const model = layers.sequential({ name: "thread_cnn" });
      FILTERS.forEach((filters, i) =>
        model.add(layers.layers.conv2d({
          name: `conv_${i + 1}`,
          filters,
          kernelSize: 3,
          strides: i === 0 ? 2 : 1,
          padding: i === 0 ? "same" : "valid",
          activation: "relu",
          kernelInitializer: layers.initializers.glorotUniform({ seed: seed * 100 + i }),
          ...(i === 0 ? { inputShape: [size, size, 3] } : {}),
        }))
      );
      if (flatten) model.add(layers.layers.flatten({ name: "flatten" }));
      model.add(layers.layers.dense({
        name: "dense",
        units: classes,
        activation: "softmax",
        kernelInitializer: layers.initializers.glorotUniform({ seed: seed * 100 + FILTERS.length }),
      }));
      return model;
    },
  };
}
