import type { Kernel } from "../kernel.ts";
import { blockedOp, MAX_SUMMANDS, oneTap, perChannel, sumOfRows, toBlocked } from "../lowering/blocked.ts";
import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import type { Ref } from "../lowering/ref.ts";
import { sameShape, type Shape, sizeOf } from "../value.ts";

/**
 * `factor` times the sums of a * b over pixels of blocked images without writing the product: a convolution that has a
 * group for each channel of each part of an image, one image's part as its input and the other's as its filter.
 * [channels]
 */
function blockedDot(g: Lowering, a: Edge, b: Edge, factor: number): Edge {
  const [batch, blocks, height, width, block] = a.shape;
  let rows = height;
  while (rows > 1 && (height % rows !== 0 || rows * width > MAX_SUMMANDS)) rows--;
  const chunks = height / rows;
  const channels = blocks * block;
  const groups = batch * channels * chunks;
  const image = g.reshape(a, [1, groups / block, rows, width, block]);
  const filter = g.reshape(b, [groups, 1, rows, width]);
  const parts = blockedOp(g, "Conv", [image, filter], [1, groups, 1, 1], block, {
    kernel_shape: [rows, width],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    group: groups,
  });
  // Parts of an image lie within a block of channels: they come first only where there is one block, or one part.
  if ((chunks === 1 || blocks === 1) && batch * chunks <= MAX_SUMMANDS) {
    return sumOfRows(g, g.reshape(parts, [batch * chunks, channels]), factor);
  }
  const sums = g.op(
    "ReduceSum",
    [g.reshape(parts, [batch, blocks, chunks, block]), g.ints(0, 2)],
    [blocks, block],
    "float32",
    { keepdims: 0 },
  );
  return g.mul(g.reshape(sums, [channels]), g.scalar(factor));
}

/** A number for each channel, or one for all, on a blocked image's axes. */
function perBlock(g: Lowering, vector: Ref, channels: number): Edge {
  const edge = g.plain(vector);
  const all = edge.shape.length === 0 ? g.expand(g.reshape(edge, [1]), [channels]) : edge;
  return toBlocked(g, g.reshape(all, [1, 1, 1, channels]), true, g.block);
}

interface AffinePlan {
  /** For each image, which input has its numbers for each channel; -1 for none. */
  readonly scales: number[];
  readonly bias: number;
  /** Whether a ReLU follows. */
  readonly relu?: boolean;
}

/** One pass for each image, the others' sum going in with it, and the ReLU in the last one. */
function blockedAffine(g: Lowering, inputs: Ref[], { scales, bias, relu = false }: AffinePlan): Edge {
  const channels = inputs[0].shape[3];
  const images = scales.map((at, i) => ({ image: g.blocked(inputs[i]), at }));
  const vector = (at: number) => at < 0 ? null : perBlock(g, inputs[at], channels);
  const passes = images.filter(({ at }) => at >= 0);
  const unscaled = images.filter(({ at }) => at < 0);
  // An image without a scale is added for nothing where another takes a pass, which a bias needs, and a ReLU.
  if (passes.length === 0 && (bias >= 0 || relu)) passes.push(unscaled.shift()!);
  let sum = unscaled.length > 0 ? unscaled.map(({ image }) => image).reduce((a, b) => g.add(a, b)) : null;
  passes.forEach(({ image, at }, i) => {
    sum = perChannel(g, image, vector(at), i === 0 ? vector(bias) : null, sum, relu && i === passes.length - 1);
  });
  return sum!;
}

/** Pixels of an image from which a convolution with one tap for each channel, on all threads, is faster than one thread. */
const MIN_PIXELS = 1024;

/** The same with channels first: a scale and a bias take one pass together. */
function channelsFirstAffine(g: Lowering, inputs: Ref[], { scales, bias, relu }: AffinePlan): Edge {
  const channels = inputs[0].shape[3];
  const uniform = (value: number) => g.constant(new Array(channels).fill(value), [channels], "float32");
  const vector = (at: number) => g.expand(g.reshape(g.plain(inputs[at]), [sizeOf(inputs[at].shape)]), [channels]);
  const wide = (at: number) => g.reshape(vector(at), [1, channels, 1, 1]);
  const first = bias < 0 ? -1 : scales.findIndex((at) => at >= 0);
  const terms = scales.map((at, i) => {
    const image = g.nchw(inputs[i]);
    if (at < 0) return image;
    if (i !== first) return g.mul(image, wide(at));
    const [, , height, width] = image.shape;
    if (g.block === 0 && height * width >= MIN_PIXELS) {
      const taps = g.reshape(vector(at), [channels, 1, 1, 1]);
      return g.op("Conv", [image, taps, vector(bias)], image.shape, "float32", oneTap(channels));
    }
    const parameters = [vector(at), vector(bias), uniform(0), uniform(1)];
    return g.op("BatchNormalization", [image, ...parameters], image.shape, "float32", { epsilon: { float: 0 } });
  });
  const sum = terms.reduce((a, b) => g.add(a, b));
  const shifted = bias >= 0 && first < 0 ? g.add(sum, wide(bias)) : sum;
  return relu ? g.unary("Relu", shifted) : shifted;
}

/** What the rewriting passes record: no call of tfjs comes here. */
export const channelKernels: readonly Kernel[] = [
  {
    /** Sum or mean over batch, height and width of the product of two images. */
    name: "ChannelDot",
    inputs: ["a", "b"],
    dtypes: ["float32"],
    infer({ a, b }, { shape, mean }: { shape: Shape; mean: boolean }) {
      if (a.shape.length !== 4 || !sameShape(a.shape, b.shape)) throw new Error("both inputs must be equal in shape");
      if (sizeOf(shape) !== a.shape[3]) throw new Error(`it gives a number for each channel, not [${shape}]`);
      return { outputs: [{ shape, dtype: "float32" }], plan: { mean } };
    },
    lower(g, [a, b], { mean }: { mean: boolean }, [{ shape }]) {
      const [batch, height, width, channels] = a.shape;
      const count = batch * height * width;
      const scale = (edge: Edge) => mean ? g.mul(edge, g.scalar(1 / count)) : edge;
      if (g.blocks(channels) && (a.layout === "blocked" || b.layout === "blocked")) {
        return g.reshaped(g.ref(blockedDot(g, g.blocked(a), g.blocked(b), mean ? 1 / count : 1)), shape);
      }
      const layout = g.layoutFor([a, b], 4);
      const product = layout === "nchw" ? g.mul(g.nchw(a), g.nchw(b)) : g.mul(g.plain(a), g.plain(b));
      const sum = g.reduce("ReduceSum", product, layout === "nchw" ? [0, 2, 3] : [0, 1, 2]);
      return g.reshaped(g.ref(scale(g.reshape(sum, [channels]))), shape);
    },
  },
  {
    /** The sum of images, each times a number for each channel, plus a number for each channel. */
    name: "ChannelAffine",
    inputs: "...",
    dtypes: ["float32"],
    infer(inputs, plan: AffinePlan) {
      const all = Object.values(inputs);
      const count = plan.scales.length;
      const { shape } = all[0];
      for (const [i, { shape: other }] of all.entries()) {
        const fits = i < count ? sameShape(other, shape) : sizeOf(other) === 1 || sameShape(other, [shape[3]]);
        if (!fits) throw new Error(`images must be equal in shape and vectors have ${shape[3]} numbers`);
      }
      return { outputs: [{ shape, dtype: "float32" }], plan };
    },
    lower(g, inputs, plan: AffinePlan, [{ shape }]) {
      const { scales, bias, relu } = plan;
      const images = inputs.slice(0, scales.length);
      if (g.blocks(shape[3]) && images.some(({ layout }) => layout === "blocked")) {
        return g.refBlocked(blockedAffine(g, inputs, plan));
      }
      if (g.layoutFor(images, 4) === "nchw") return g.refNchw(channelsFirstAffine(g, inputs, plan));
      return g.elementwise(inputs, shape, (edges) => {
        const terms = scales.map((at, i) => at < 0 ? edges[i] : g.mul(edges[i], edges[at]));
        const sum = terms.reduce((a, b) => g.add(a, b));
        const shifted = bias < 0 ? sum : g.add(sum, edges[bias]);
        return relu ? g.unary("Relu", shifted) : shifted;
      });
    },
  },
];
