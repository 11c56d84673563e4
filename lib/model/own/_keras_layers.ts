import type { Fault, JsonObject } from "./_json_types.ts";

/** Options that TensorFlow.js has not, with the values that are as if they were not there. */
type Unmovable = Readonly<Record<string, readonly unknown[]>>;

const CONVOLUTION: Unmovable = { groups: [1], activity_regularizer: [null] };
const GLOBAL_POOLING: Unmovable = { keepdims: [false] };

/**
 * Layers of Keras that TensorFlow.js has too and that make sense of images, with the options it would ignore: a model
 * must not silently become another one.
 */
const LAYERS: Readonly<Record<string, Unmovable>> = {
  InputLayer: {},
  Conv2D: CONVOLUTION,
  Conv2DTranspose: { ...CONVOLUTION, output_padding: [null] },
  DepthwiseConv2D: CONVOLUTION,
  SeparableConv2D: CONVOLUTION,
  Dense: { activity_regularizer: [null], lora_rank: [null], quantization_config: [null] },
  Activation: { activity_regularizer: [null] },
  ReLU: { negative_slope: [0], threshold: [0] },
  LeakyReLU: {},
  ELU: {},
  PReLU: {},
  Softmax: {},
  ThresholdedReLU: {},
  BatchNormalization: { renorm: [false] },
  LayerNormalization: { rms_scaling: [false] },
  Dropout: { noise_shape: [null] },
  AlphaDropout: { noise_shape: [null] },
  GaussianDropout: {},
  GaussianNoise: {},
  AveragePooling2D: {},
  MaxPooling2D: {},
  GlobalAveragePooling2D: GLOBAL_POOLING,
  GlobalMaxPooling2D: GLOBAL_POOLING,
  Flatten: {},
  Reshape: {},
  Permute: {},
  ZeroPadding2D: {},
  Cropping2D: {},
  UpSampling2D: { interpolation: ["nearest", "bilinear"] },
  Rescaling: {},
  Resizing: {
    interpolation: ["nearest", "bilinear"],
    crop_to_aspect_ratio: [false],
    pad_to_aspect_ratio: [false],
    antialias: [false],
  },
  Add: {},
  Average: {},
  Concatenate: {},
  Maximum: {},
  Minimum: {},
  Multiply: {},
};

/** What only varies the training images. */
const VARYING = /^(Random(?!Normal)|AutoContrast|RandAugment|MixUp|CutMix|AugMix)/;

export function isKnownLayer(className: string): boolean {
  return Object.hasOwn(LAYERS, className);
}

/** What is wrong with a layer that is not known. */
export function unknownLayer(className: string, name: string): string {
  return `its layer "${name}" is a ${className}, which cannot be had here` +
    (VARYING.test(className)
      ? ": leave it out, the workbench varies training images itself"
      : ` (there are ${Object.keys(LAYERS).slice(1).join(", ")})`);
}

/** @throws What `fault` makes of an option that TensorFlow.js would ignore. */
export function checkOptions(className: string, name: string, config: JsonObject, fault: Fault): void {
  for (const [option, allowed] of Object.entries(LAYERS[className])) {
    const value = config[option];
    if (value === undefined || allowed.includes(value)) continue;
    throw fault(
      `its layer "${name}" (${className}) has ${option} ${JSON.stringify(value)}, here it can only be ${
        allowed.map((one) => JSON.stringify(one)).join(" or ")
      }`,
    );
  }
  if (config.data_format === "channels_first") {
    throw fault(
      `its layer "${name}" (${className}) puts the channels first: build it with data_format "channels_last"`,
    );
  }
  if (className === "Rescaling" && [config.scale, config.offset].some((value) => Array.isArray(value))) {
    throw fault(`its layer "${name}" (Rescaling) has a scale for each channel, here it can only have one for all`);
  }
}
