import * as tf from "@tensorflow/tfjs-core";
import type { Attrs, Inputs, Kernel } from "./kernel.ts";
import { broadcast } from "./lowering/shapes.ts";
import { sameShape, type Shape, sizeOf } from "./value.ts";

/**
 * What a call's inputs and attributes must be like, where working out the result's shape would not notice. Each rule
 * throws, in words that follow "Cannot record Conv2D of x float32 [4,4,2], …: ". Calls that tfjs's cpu kernels take over
 * are held to it as well: most of those compute something from anything.
 */
type Rule = (inputs: Inputs, attrs: Attrs) => void;

type Rank4 = [number, number, number, number];

/** Elements of the largest tensor: 16 GiB of float32. A tensor that could never be computed would spoil its whole graph. */
const MAX_ELEMENTS = 2 ** 32;

function demand(holds: boolean, rule: () => string): void {
  if (!holds) throw new Error(rule());
}

function demandRank(inputs: Inputs, rank: number, ...names: string[]): void {
  for (const name of names) {
    const { shape } = inputs[name];
    demand(shape.length === rank, () => `${name} must have rank ${rank}, it has rank ${shape.length}`);
  }
}

function demandOneType(inputs: Inputs, ...names: string[]): void {
  const { dtype } = inputs[names[0]];
  for (const name of names) {
    const other = inputs[name]?.dtype ?? dtype;
    demand(other === dtype, () => `${names.join(" and ")} must have one type: ${dtype} and ${other}`);
  }
}

function demandShape(name: string, actual: Shape, expected: Shape, why: string): void {
  demand(sameShape(actual, expected), () => `${name} must have the shape [${expected}], ${why}`);
}

/** Whether `small` can be repeated to fill `large`. */
function demandFits(name: string, small: Shape, large: Shape): void {
  demand(
    sameShape(broadcast(large, small), large),
    () => `${name} [${small}] must broadcast to [${large}], not the other way round`,
  );
}

const convolution: Rule = (inputs) => {
  demandRank(inputs, 4, "x", "filter");
  demandOneType(inputs, "x", "filter");
};

/** One number for each channel that comes out, or whatever broadcasts to the image. */
const fusedConvolution = (channels: (filter: Shape) => number): Rule => (inputs, attrs) => {
  convolution(inputs, attrs);
  const { bias, filter } = inputs;
  if (bias == null || attrs.dataFormat === "NCHW") return;
  demandOneType(inputs, "x", "bias");
  const extent = bias.shape.at(-1) ?? 1, out = channels(filter.shape);
  demand(extent === out || extent === 1, () => `bias has ${extent} channels, the filter gives ${out}`);
};

const poolInfo = (input: Shape, attrs: Attrs) =>
  tf.backend_util.computePool2DInfo(
    input as Rank4,
    attrs.filterSize,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  );

const poolGradient: Rule = (inputs, attrs) => {
  const { dy, input, output } = inputs;
  demandRank(inputs, 4, "dy", "input");
  const { outShape } = poolInfo(input.shape, attrs);
  demandShape("dy", dy.shape, outShape, "which pooling the input gives");
  if (output) demandShape("output", output.shape, outShape, "which pooling the input gives");
};

const image: Rule = (inputs, { size: [height, width] }) => {
  demandRank(inputs, 4, "images");
  demand(height >= 1 && width >= 1, () => `the new size must be at least 1 by 1, it is ${height} by ${width}`);
};

const perAxis = (name: string, list: readonly unknown[], { shape }: tf.TensorInfo) =>
  demand(list.length === shape.length, () => `${name} has ${list.length} entries for ${shape.length} axes`);

const pads: Rule = ({ x }, { paddings }: { paddings: [number, number][] }) => {
  perAxis("paddings", paddings, x);
  demand(
    paddings.flat().every((n) => n >= 0),
    () => `paddings must not be negative, they are [${paddings.join("; ")}]`,
  );
};

const alike: Rule = (inputs) => {
  const [first, ...others] = Object.values(inputs);
  for (const { shape, dtype } of others) {
    demand(
      sameShape(shape, first.shape) && dtype === first.dtype,
      () => "all inputs must have one shape and one type",
    );
  }
};

const product: Rule = (inputs) => demandOneType(inputs, "a", "b");

const rules: Readonly<Record<string, Rule>> = {
  Conv2D: convolution,
  FusedConv2D: fusedConvolution((filter) => filter[3]),
  Conv2DBackpropInput(inputs, { inputShape, dataFormat }: { inputShape: Rank4; dataFormat?: string }) {
    demandRank(inputs, 4, "dy", "filter");
    if (dataFormat === "NCHW") return;
    const { dy: { shape: [batch, , , out] }, filter: { shape: [, , inner, outer] } } = inputs;
    demand(batch === inputShape[0], () => `dy has ${batch} images, the input ${inputShape[0]}`);
    demand(out === outer, () => `dy has ${out} channels, the filter gives ${outer}`);
    demand(inner === inputShape[3], () => `the input has ${inputShape[3]} channels, the filter takes ${inner}`);
  },
  Conv2DBackpropFilter: (inputs) => demandRank(inputs, 4, "x", "dy"),
  DepthwiseConv2dNative: convolution,
  FusedDepthwiseConv2D: fusedConvolution((filter) => filter[2] * filter[3]),
  DepthwiseConv2dNativeBackpropInput(inputs, { strides, dilations, pad, dimRoundingMode, inputShape }) {
    demandRank(inputs, 4, "dy", "filter");
    const { dy, filter } = inputs;
    const { outShape } = tf.backend_util.computeConv2DInfo(
      inputShape,
      filter.shape as Rank4,
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
      true,
    );
    demandShape("dy", dy.shape, outShape, "which the convolution gives");
  },
  DepthwiseConv2dNativeBackpropFilter: (inputs) => demandRank(inputs, 4, "x", "dy"),

  MaxPool: (inputs) => demandRank(inputs, 4, "x"),
  MaxPoolGrad: poolGradient,
  AvgPool: (inputs) => demandRank(inputs, 4, "x"),
  AvgPoolGrad: poolGradient,

  FusedBatchNorm(inputs) {
    for (const name of ["mean", "variance", "offset", "scale"]) {
      if (inputs[name]) demandFits(name, inputs[name].shape, inputs.x.shape);
    }
    demandOneType(inputs, "x", "mean", "variance", "offset", "scale");
  },

  BatchMatMul: product,
  _FusedMatMul(inputs, attrs) {
    product(inputs, attrs);
    const { b, bias } = inputs;
    if (bias == null) return;
    demandOneType(inputs, "a", "bias");
    const columns = b.shape[b.shape.length - (attrs.transposeB ? 2 : 1)], extent = bias.shape.at(-1) ?? 1;
    demand(extent === columns || extent === 1, () => `bias has ${extent} columns, the product ${columns}`);
  },

  AddN: alike,
  EluGrad: ({ dy, y }) => demandShape("y", y.shape, dy.shape, "which dy has"),
  Prelu: ({ x, alpha }) => demandFits("alpha", alpha.shape, x.shape),
  Select({ condition, t }) {
    demand(condition.dtype === "bool", () => `the condition must be of type bool, it is ${condition.dtype}`);
    if (condition.shape.length !== 1 || t.shape.length < 2) return;
    const [rows] = condition.shape;
    demand(rows === t.shape[0], () => `the condition chooses among ${rows} rows, there are ${t.shape[0]}`);
  },

  Transpose({ x }, { perm }: { perm: number[] }) {
    perAxis("perm", perm, x);
    demand(
      x.shape.every((_, axis) => perm.includes(axis)),
      () => `perm must name each axis once, it is [${perm}]`,
    );
  },
  PadV2: pads,
  MirrorPad(inputs, attrs) {
    pads(inputs, attrs);
    // Reflection does not repeat the outermost element, symmetry does.
    const most = attrs.mode === "reflect" ? 1 : 0;
    inputs.x.shape.forEach((extent, axis) => {
      for (const n of attrs.paddings[axis]) {
        demand(n <= extent - most, () => `axis ${axis} has ${extent} elements, which cannot mirror to ${n} more`);
      }
    });
  },
  Tile({ x }, { reps }: { reps: number[] }) {
    perAxis("reps", reps, x);
    demand(reps.every((n) => n >= 0), () => `reps must not be negative, they are [${reps}]`);
  },
  GatherV2({ indices }) {
    demand(indices.dtype === "int32", () => `indices must be of type int32, they are ${indices.dtype}`);
  },
  OneHot(_inputs, { depth }) {
    demand(depth >= 0, () => `depth must not be negative, it is ${depth}`);
  },
  TopK({ x }, { k }) {
    demand(x.shape.length > 0, () => "x must have rank 1 or more, it has rank 0");
    demand(k >= 0, () => `k must not be negative, it is ${k}`);
  },
  ResizeBilinear: image,
  ResizeNearestNeighbor: image,
  ResizeNearestNeighborGrad(inputs) {
    demandRank(inputs, 4, "images", "dy");
    const { images: { shape: [batch, , , channels] }, dy } = inputs;
    demandShape("dy", dy.shape, [batch, dy.shape[1], dy.shape[2], channels], "as the images have");
  },
};

/** A kernel that holds its calls to the rules, and that never promises a tensor which cannot be. */
export function lawful(kernel: Kernel): Kernel {
  const rule = rules[kernel.name];
  return {
    ...kernel,
    // Before anything else of the kernel sees the call: what it cannot make sense of, it might leave to the cpu kernel.
    supports(inputs, attrs) {
      rule?.(inputs, attrs);
      return kernel.supports?.(inputs, attrs) ?? true;
    },
    infer(inputs, attrs) {
      const inference = kernel.infer(inputs, attrs);
      for (const { shape } of inference.outputs) {
        for (const extent of shape) {
          demand(Number.isInteger(extent) && extent >= 0, () => `the result would have the shape [${shape}]`);
        }
        demand(
          sizeOf(shape) <= MAX_ELEMENTS,
          () => `the result [${shape}] would have more than ${MAX_ELEMENTS} elements`,
        );
      }
      return inference;
    },
  };
}
