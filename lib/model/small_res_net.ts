import { layers } from "../engine/mod.ts";
import type { SmallCnnOptions } from "./small_cnn.ts";
import type { ModelInput, ModelSpec } from "./types.ts";

/** Filters and strides of the blocks. */
const BLOCKS = [[16, 1], [32, 2], [64, 2]] as const;

/**
 * A small residual network (He et al. 2016): one convolution, then three blocks of two convolutions around which the
 * image also takes a short way, then the average over space. At 16 classes it has 78 thousand weights.
 *
 * @param options `inputSize` as for `smallCnn`.
 */
export function smallResNet({ inputSize }: Pick<SmallCnnOptions, "inputSize"> = {}): ModelSpec {
  const own = inputSize === undefined ? {} : { inputSize };
  return {
    name: inputSize === undefined ? "small-resnet" : `small-resnet-${inputSize}px`,
    description: "A convolution and three residual blocks, with batch normalisation, then the average over space.",
    config: { blocks: BLOCKS, kernel: 3, head: "global-average", ...own },
    ...own,
    source: { from: "library", ...(inputSize === undefined ? {} : { options: own }) },
    build({ size, classes, seed }: ModelInput) {
      let drawn = 0;
      const conv = (name: string, filters: number, strides: number, kernelSize = 3) =>
        layers.layers.conv2d({
          name,
          filters,
          kernelSize,
          strides,
          padding: "same",
          useBias: false, // the normalisation that follows has its own
          kernelInitializer: layers.initializers.heNormal({ seed: seed * 100 + drawn++ }),
        });
      const norm = (name: string) => layers.layers.batchNormalization({ name, momentum: 0.9 });
      const relu = (name: string) => layers.layers.reLU({ name });
      const through = (x: layers.SymbolicTensor, ...list: layers.layers.Layer[]) =>
        list.reduce((y, layer) => layer.apply(y) as layers.SymbolicTensor, x);

      const input = layers.input({ shape: [size, size, 3] });
      let x = through(input, conv("conv", 16, 1), norm("norm"), relu("relu"));
      BLOCKS.forEach(([filters, strides], i) => {
        const name = `block_${i + 1}`;
        const long = through(
          x,
          conv(`${name}_conv_1`, filters, strides),
          norm(`${name}_norm_1`),
          relu(`${name}_relu_1`),
          conv(`${name}_conv_2`, filters, 1),
          norm(`${name}_norm_2`),
        );
        const short = strides === 1 ? x : through(x, conv(`${name}_short`, filters, strides, 1));
        const sum = layers.layers.add({ name: `${name}_add` }).apply([long, short]) as layers.SymbolicTensor;
        x = through(sum, relu(`${name}_relu_2`));
      });
      const output = through(
        x,
        layers.layers.globalAveragePooling2d({ name: "average" }),
        layers.layers.dense({
          name: "dense",
          units: classes,
          activation: "softmax",
          kernelInitializer: layers.initializers.glorotUniform({ seed: seed * 100 + drawn }),
        }),
      );
      return layers.model({ name: "small_resnet", inputs: input, outputs: output });
    },
  };
}
