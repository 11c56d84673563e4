import * as tf from "@tensorflow/tfjs-core";
import type { Attrs, Inputs, Kernel } from "../kernel.ts";
import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import type { Ref } from "../lowering/ref.ts";
import { sameShape, type Shape } from "../value.ts";
import { activate, activations } from "./activation.ts";
import {
  blockedConvolution,
  blockedDepthwise,
  blockedFilterGradient,
  canBlock,
  fewChannelsFilterGradient,
  filterGradientGroups,
  hasFewChannels,
  pixelsUnderStrides,
  seesSomePixels,
} from "./blocked_convolution.ts";
import { blockedDataGradient, canBlockDataGradient } from "./blocked_data_gradient.ts";
import { outputsFirst, turnedInputsFirst } from "./filter_order.ts";
import { hasFewPhases, phasedDataGradient } from "./standard_data_gradient.ts";
import { standardFilterGradient } from "./standard_filter_gradient.ts";
import { padsOf, pair, tapsFound, type Window, windowOf } from "./window.ts";

type Rank4 = [number, number, number, number];

function geometry(input: Shape, filter: Shape, attrs: Attrs): { window: Window; shape: number[] } {
  const info = tf.backend_util.computeConv2DInfo(
    input as Rank4,
    filter as Rank4,
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
  if (input[3] !== filter[2]) throw new Error(`the input has ${input[3]} channels, the filter takes ${filter[2]}`);
  return { window: windowOf(info), shape: info.outShape };
}

const channelsLast = (_inputs: Inputs, attrs: Attrs) => attrs.dataFormat !== "NCHW";

/** Attributes of ONNX's Conv. */
function convAttributes(window: Window, group = 1) {
  return {
    kernel_shape: window.kernel,
    strides: window.strides,
    dilations: window.dilations,
    pads: padsOf(window),
    group,
  };
}

/**
 * The gradient with respect to a convolution's input. In the blocked layout it is convolutions, for stride 1 in every
 * layout one with the flipped filter, which runs faster than ONNX's transposed convolution.
 *
 * `filter` [height, width, in / group, out]; `dy` is the gradient of the output.
 */
export function dataGradient(g: Lowering, dy: Ref, filter: Edge, window: Window, group: number): Ref {
  const { kernel, strides, dilations, before, after, input } = window;
  const [, , inner, out] = filter.shape;
  if (group === 1 && canBlockDataGradient(g, inner, out, window)) {
    return g.refBlocked(blockedDataGradient(g, [{ dy, filter, window }]));
  }
  const shape = [dy.shape[0], inner * group, ...input];
  const reach = pair((i) => (kernel[i] - 1) * dilations[i]);
  const flippedPads = [reach[0] - before[0], reach[1] - before[1], reach[0] - after[0], reach[1] - after[1]];
  const dense = strides[0] === 1 && strides[1] === 1 && flippedPads.every((pad) => pad >= 0);
  if (dense && (group === 1 || inner * group === out)) {
    // With a group for each channel the filter's axes keep their meaning; else in and out change places.
    const weights = g.reshape(
      turnedInputsFirst(g, filter),
      group === 1 ? [inner, out, ...kernel] : [out, inner, ...kernel],
    );
    const attributes = { kernel_shape: kernel, strides: [1, 1], dilations, pads: flippedPads, group };
    return g.refNchw(g.op("Conv", [g.nchw(dy), weights], shape, "float32", attributes));
  }
  if (group === 1 && hasFewPhases(g, [window], inner)) {
    return g.refNchw(phasedDataGradient(g, [{ dy, filter, window }]));
  }
  // Input that no window reached is left over at the end, and has no gradient.
  const leftOver = pair((i) => Math.max(0, -after[i]));
  const attributes = { ...convAttributes(window, group), output_padding: leftOver };
  const weights = outputsFirst(g, filter);
  return g.refNchw(g.op("ConvTranspose", [g.nchw(dy), weights], shape, "float32", attributes));
}

/**
 * The gradient with respect to a convolution's filter, as one convolution without unfolding anything: its input
 * channels are the batch, its kernel is the output's gradient, and the position in its output is the filter's tap and
 * input channel. The innermost axis of the image holds width and channels, so a step of one column is a dilation.
 *
 * `x` is [batch, height, width, in], `dy` the output's gradient; gives [height, width, in, out].
 */
function filterGradient(g: Lowering, x: Ref, dy: Ref, window: Window): Edge {
  const { strides, dilations, before, after, input, output } = window;
  const [batch, , , channels] = x.shape;
  const out = dy.shape[3];
  const blockedGroups = filterGradientGroups(g, batch, channels, out);
  if (blockedGroups > 0 && seesSomePixels(window, channels, g.block)) {
    const seen = pixelsUnderStrides(g, x, window);
    const steps: Window = { ...window, strides: [1, 1], after: [0, 0], input: output };
    return filterGradient(g, g.ref(seen), dy, steps);
  }

  const found = tapsFound(window);
  if (hasFewChannels(g, channels, out, window)) {
    return fromBlockedParts(g, fewChannelsFilterGradient(g, x, dy, window, found.rows), window, channels);
  }
  if (blockedGroups > 0) {
    const geometry = {
      kernel_shape: output,
      strides: [dilations[0], 1] as const,
      dilations: [strides[0], strides[1] * channels] as const,
      pads: [before[0], 0, found.below, 0],
    };
    const taps = [found.rows, found.columns * channels];
    const rows = g.reshape(g.plain(x), [batch * input[0], input[1] * channels]);
    const margins = pair((i) => [before, after][i][1]);
    const product = blockedFilterGradient(g, rows, channels, margins, dy, blockedGroups, taps, geometry);
    return fromBlockedParts(g, product, window, channels);
  }
  return standardFilterGradient(g, g.plain(x), dy, window);
}

/** Adds up [parts, out / block, rows, columns * channels, block] and puts the taps of a filter into tfjs's order. */
function fromBlockedParts(g: Lowering, product: Edge, window: Window, channels: number): Edge {
  const { kernel, dilations } = window;
  const { columns } = tapsFound(window);
  const [parts, blocks, , , block] = product.shape;
  const taps = g.slice(product, [2], [0], [kernel[0]]);
  const split = g.reshape(taps, [parts, blocks, kernel[0], columns, channels, block]);
  const picked = g.slice(split, [3], [0], [columns], [dilations[1]]);
  const size = kernel[0] * kernel[1] * channels;
  const extents = [blocks, size, block];
  const all = g.reshape(picked, [parts, ...extents]);
  const sum = parts > 1 ? g.op("ReduceSum", [all, g.ints(0)], extents, "float32", { keepdims: 0 }) : all;
  const ordered = g.transpose(g.reshape(sum, extents), [1, 0, 2]);
  return g.reshape(ordered, [...kernel, channels, blocks * block]);
}

/** The same for a filter per channel, `filter` [height, width, channels, multiplier]: a group for each channel. */
function depthwiseFilterGradient(g: Lowering, x: Edge, dy: Edge, window: Window): Edge {
  const { kernel, strides, dilations, before, after, input, output } = window;
  const [batch, channels] = x.shape;
  const multiplier = dy.shape[1] / channels;
  const image = g.reshape(g.transpose(x, [1, 0, 2, 3]), [1, channels * batch, ...input]);
  const weights = g.transpose(dy, [1, 0, 2, 3]);
  const below = pair((i) => Math.max(0, after[i]));
  const taps = pair((i) => Math.ceil((input[i] + before[i] + below[i] - (output[i] - 1) * strides[i]) / dilations[i]));
  const product = g.op("Conv", [image, weights], [1, channels * multiplier, ...taps], "float32", {
    kernel_shape: output,
    strides: dilations,
    dilations: strides,
    pads: [...before, ...below],
    group: channels,
  });
  const exact = g.slice(product, [2, 3], [0, 0], [...kernel]);
  return g.transpose(g.reshape(exact, [channels, multiplier, ...kernel]), [2, 3, 0, 1]);
}

interface FusedPlan {
  readonly window: Window;
  readonly activation: string;
  readonly alpha?: number;
}

/**
 * Bias and activation of a fused convolution, whose result `emit` gives with an optional bias and, if it is asked to and
 * the result is blocked, with a ReLU.
 */
function fused(g: Lowering, plan: FusedPlan, bias: Ref | undefined, emit: (bias: Edge[], relu: boolean) => Ref): Ref {
  const vector = bias?.shape.length === 1;
  const relu = plan.activation === "relu" && (!bias || vector);
  const sum = emit(vector ? [g.plain(bias)] : [], relu);
  if (relu && sum.layout === "blocked") return sum;
  return g.elementwise(bias && !vector ? [sum, bias] : [sum], sum.shape, ([x, b]) => {
    return activate(g, b ? g.add(x, b) : x, plan.activation, plan.alpha);
  });
}

const fusedSupport = (inputs: Inputs, attrs: Attrs) =>
  channelsLast(inputs, attrs) && inputs.preluActivationWeights == null &&
  activations.includes(attrs.activation ?? "linear");

/** A depthwise filter [height, width, channels, multiplier] as a filter with a group for each channel. */
function grouped(g: Lowering, filter: Edge): Edge {
  const [height, width, channels, multiplier] = filter.shape;
  return g.reshape(filter, [height, width, 1, channels * multiplier]);
}

function depthwise(input: Shape, filter: Shape, attrs: Attrs): { window: Window; shape: number[] } {
  const info = tf.backend_util.computeConv2DInfo(
    input as Rank4,
    filter as Rank4,
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    true,
  );
  if (input[3] !== filter[2]) throw new Error(`the input has ${input[3]} channels, the filter ${filter[2]}`);
  return { window: windowOf(info), shape: info.outShape };
}

/** A convolution in the layout that suits it. `relu` is applied where that layout is the blocked one, and only there. */
function convolution(
  g: Lowering,
  x: Ref,
  filter: Ref,
  bias: Edge[],
  window: Window,
  groups: number,
  out: number,
  relu = false,
): Ref {
  const own = g.plain(filter);
  if (groups === 1 && canBlock(g, x.shape[3], out)) {
    return g.refBlocked(blockedConvolution(g, x, own, bias, window, relu));
  }
  if (groups > 1 && groups === out && g.blocks(out)) {
    return g.refBlocked(blockedDepthwise(g, x, own, bias, window, relu));
  }
  const weights = outputsFirst(g, groups === 1 ? own : grouped(g, own));
  const shape = [x.shape[0], out, ...window.output];
  return g.refNchw(g.op("Conv", [g.nchw(x), weights, ...bias], shape, "float32", convAttributes(window, groups)));
}

export const convolutions: readonly Kernel[] = [
  {
    name: "Conv2D",
    inputs: ["x", "filter"],
    dtypes: ["float32"],
    supports: channelsLast,
    infer({ x, filter }, attrs) {
      const { window, shape } = geometry(x.shape, filter.shape, attrs);
      return { outputs: [{ shape, dtype: "float32" }], plan: window };
    },
    lower: (g, [x, filter], window: Window, [{ shape }]) => convolution(g, x, filter, [], window, 1, shape[3]),
  },
  {
    name: "FusedConv2D",
    inputs: ["x", "filter", "bias"],
    dtypes: ["float32"],
    supports: fusedSupport,
    infer({ x, filter }, attrs) {
      const { window, shape } = geometry(x.shape, filter.shape, attrs);
      const plan: FusedPlan = { window, activation: attrs.activation ?? "linear", alpha: attrs.leakyreluAlpha };
      return { outputs: [{ shape, dtype: "float32" }], plan };
    },
    lower: (g, [x, filter, bias], plan: FusedPlan, [{ shape }]) =>
      fused(g, plan, bias, (edges, relu) => convolution(g, x, filter, edges, plan.window, 1, shape[3], relu)),
  },
  {
    name: "Conv2DBackpropInput",
    inputs: ["dy", "filter"],
    dtypes: ["float32"],
    // tfjs's transposed convolution may ask for an image that its own convolution would not map to this gradient.
    supports: (inputs, attrs) =>
      channelsLast(inputs, attrs) &&
      sameShape(inputs.dy.shape, geometry(attrs.inputShape, inputs.filter.shape, attrs).shape),
    infer({ filter }, attrs) {
      const { window } = geometry(attrs.inputShape, filter.shape, attrs);
      return { outputs: [{ shape: attrs.inputShape, dtype: "float32" }], plan: window };
    },
    lower: (g, [dy, filter], window: Window) => dataGradient(g, dy, g.plain(filter), window, 1),
  },
  {
    name: "Conv2DBackpropFilter",
    inputs: ["x", "dy"],
    dtypes: ["float32"],
    supports: channelsLast,
    infer({ x, dy }, attrs) {
      const { window, shape } = geometry(x.shape, attrs.filterShape, attrs);
      if (!sameShape(dy.shape, shape)) throw new Error(`the convolution gives [${shape}], and so must dy`);
      return { outputs: [{ shape: attrs.filterShape, dtype: "float32" }], plan: window };
    },
    lower: (g, [x, dy], window: Window) => g.ref(filterGradient(g, x, dy, window)),
  },
  {
    name: "DepthwiseConv2dNative",
    inputs: ["x", "filter"],
    dtypes: ["float32"],
    supports: channelsLast,
    infer({ x, filter }, attrs) {
      const { window, shape } = depthwise(x.shape, filter.shape, attrs);
      return { outputs: [{ shape, dtype: "float32" }], plan: window };
    },
    lower: (g, [x, filter], window: Window, [{ shape }]) => convolution(g, x, filter, [], window, x.shape[3], shape[3]),
  },
  {
    name: "FusedDepthwiseConv2D",
    inputs: ["x", "filter", "bias"],
    dtypes: ["float32"],
    supports: fusedSupport,
    infer({ x, filter }, attrs) {
      const { window, shape } = depthwise(x.shape, filter.shape, attrs);
      const plan: FusedPlan = { window, activation: attrs.activation ?? "linear", alpha: attrs.leakyreluAlpha };
      return { outputs: [{ shape, dtype: "float32" }], plan };
    },
    lower: (g, [x, filter, bias], plan: FusedPlan, [{ shape }]) =>
      fused(g, plan, bias, (edges, relu) => convolution(g, x, filter, edges, plan.window, x.shape[3], shape[3], relu)),
  },
  {
    name: "DepthwiseConv2dNativeBackpropInput",
    inputs: ["dy", "filter"],
    dtypes: ["float32"],
    infer({ filter }, attrs) {
      const { window } = depthwise(attrs.inputShape, filter.shape, attrs);
      return { outputs: [{ shape: attrs.inputShape, dtype: "float32" }], plan: window };
    },
    lower: (g, [dy, filter], window: Window, [{ shape }]) =>
      dataGradient(g, dy, grouped(g, g.plain(filter)), window, shape[3]),
  },
  {
    name: "DepthwiseConv2dNativeBackpropFilter",
    inputs: ["x", "dy"],
    dtypes: ["float32"],
    infer({ x, dy }, attrs) {
      const { window, shape } = depthwise(x.shape, attrs.filterShape, attrs);
      if (!sameShape(dy.shape, shape)) throw new Error(`the convolution gives [${shape}], and so must dy`);
      return { outputs: [{ shape: attrs.filterShape, dtype: "float32" }], plan: window };
    },
    lower: (g, [x, dy], window: Window) => g.ref(depthwiseFilterGradient(g, g.nchw(x), g.nchw(dy), window)),
  },
];
