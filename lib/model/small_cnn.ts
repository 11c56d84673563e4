import { layers } from "../engine/mod.ts";
import { ModelError } from "./errors.ts";
import { reproducible } from "./own/_reproducible.ts";
import type { ModelInput, ModelSpec } from "./types.ts";

const FILTERS = [16, 32, 64, 128];

/** What may be changed about it. */
export interface SmallCnnOptions {
  /** Times the usual number of filters, above 0; 1 by default. 0.5 has a quarter of the weights. */
  readonly width?: number;
  /** Share of the averages that training leaves out before the dense layer, from 0, below 1; 0 by default. */
  readonly dropout?: number;
  /** Height and width that images are shown to it in, in pixels; the working size of the images by default. */
  readonly inputSize?: number;
}

/**
 * A small CNN that suits small data: the same four widths as the thread's, but batch normalisation (Ioffe and Szegedy
 * 2015) after each convolution, pooling that halves the map each time, and global average pooling (Lin et al. 2014)
 * instead of `Flatten`. At 64x64 and 16 classes that makes 100 thousand weights instead of 1.5 million.
 *
 * @throws ModelError for a width or a share of dropout that cannot be.
 */
export function smallCnn(options: SmallCnnOptions = {}): ModelSpec {
  const { width = 1, dropout = 0, inputSize } = options;
  const all = FILTERS.map((filters) => Math.max(1, Math.round(width * filters)));
  if (!(width > 0 && width <= 16)) {
    throw new ModelError(`Cannot build a small CNN: width must be a number above 0, at most 16, it is ${width}`);
  }
  if (!(dropout >= 0 && dropout < 1)) {
    throw new ModelError(`Cannot build a small CNN: dropout must be a share from 0, below 1, it is ${dropout}`);
  }
  const build = ({ size, classes, seed }: ModelInput) => {
    const model = layers.sequential({ name: "small_cnn" });
    all.forEach((filters, i) => {
      model.add(layers.layers.conv2d({
        name: `conv_${i + 1}`,
        filters,
        kernelSize: 3,
        padding: "same",
        useBias: false, // the normalisation that follows has its own
        kernelInitializer: layers.initializers.heNormal({ seed: seed * 100 + i }),
        ...(i === 0 ? { inputShape: [size, size, 3] } : {}),
      }));
      // Keras's momentum of 0.99 needs hundreds of steps to forget its start; small data has some twenty an epoch.
      model.add(layers.layers.batchNormalization({ name: `norm_${i + 1}`, momentum: 0.9 }));
      model.add(layers.layers.reLU({ name: `relu_${i + 1}` }));
      model.add(layers.layers.maxPooling2d({ name: `pool_${i + 1}`, poolSize: 2 }));
    });
    model.add(layers.layers.globalAveragePooling2d({ name: "average" }));
    if (dropout > 0) model.add(layers.layers.dropout({ name: "dropout", rate: dropout }));
    model.add(layers.layers.dense({
      name: "dense",
      units: classes,
      activation: "softmax",
      kernelInitializer: layers.initializers.glorotUniform({ seed: seed * 100 + FILTERS.length }),
    }));
    return model;
  };
  const own = {
    ...(width === 1 ? {} : { width }),
    ...(dropout === 0 ? {} : { dropout }),
    ...(inputSize === undefined ? {} : { inputSize }),
  };
  return {
    name: [
      "small-cnn",
      ...(width === 1 ? [] : [`width-${width}`]),
      ...(dropout > 0 ? [`dropout-${dropout}`] : []),
      ...(inputSize === undefined ? [] : [`${inputSize}px`]),
    ].join("-"),
    description: "Four blocks of convolution, batch normalisation, ReLU and pooling, then the average over space.",
    // What is as usual is left out: it has been so before there was a choice.
    config: {
      filters: all,
      kernel: 3,
      pooling: "max",
      head: "global-average",
      ...(dropout > 0 ? { dropout } : {}),
      ...(inputSize === undefined ? {} : { inputSize }),
    },
    ...(inputSize === undefined ? {} : { inputSize }),
    source: { from: "library", ...(Object.keys(own).length === 0 ? {} : { options: own }) },
    // Masks must go on from step to step: with a seed of its own, TensorFlow.js would draw the same one each time.
    build: dropout > 0 ? reproducible(build) : build,
  };
}
