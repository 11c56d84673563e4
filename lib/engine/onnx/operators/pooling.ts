import * as tf from "@tensorflow/tfjs-core";
import type { Attrs, Kernel } from "../kernel.ts";
import { blockedOp } from "../lowering/blocked.ts";
import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import type { Ref } from "../lowering/ref.ts";
import type { Shape } from "../value.ts";
import { isDisjoint, padsOf, type Pair, pair, type Window, windowOf } from "./window.ts";

function geometry(input: Shape, attrs: Attrs): { window: Window; shape: number[] } {
  const info = tf.backend_util.computePool2DInfo(
    input as [number, number, number, number],
    attrs.filterSize,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
  return { window: windowOf(info), shape: info.outShape };
}

/** ONNX Runtime wants windows to reach into the image. */
function reaches(x: Shape, attrs: Attrs): boolean {
  const { kernel, before, after } = geometry(x, attrs).window;
  return kernel.every((extent, i) => before[i] < extent && after[i] < extent);
}

function poolAttributes(window: Window) {
  return { kernel_shape: window.kernel, strides: window.strides, pads: padsOf(window) };
}

/** Repeats every element `times`; channels first. */
export function upsample(g: Lowering, x: Edge, times: Pair): Edge {
  if (times[0] === 1 && times[1] === 1) return x;
  const [batch, channels, height, width] = x.shape;
  const scales = g.constant([1, 1, ...times], [4], "float32");
  return g.op("Resize", [x, null, scales], [batch, channels, height * times[0], width * times[1]], "float32", {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
}

/** The region that windows cover, from an image: padding is added, what is left over is cut off. */
const cover = (g: Lowering, x: Edge, { before, after }: Window, padding: number) =>
  g.pad(x, [0, 0, ...before], [0, 0, ...after], padding);

/** The reverse, for gradients. */
const uncover = (g: Lowering, x: Edge, { before, after }: Window) =>
  g.pad(x, [0, 0, -before[0], -before[1]], [0, 0, -after[0], -after[1]]);

/** Windows in a row above which averaging was measured to be as fast. */
const MAX_COLUMNS = 64;

/**
 * Sums of windows that lie side by side, of whole numbers that are not large: the rows of windows times a table that has
 * 1 where a column belongs to a window. ONNX Runtime's average takes up to four times as long.
 */
function sumsOfWindows(g: Lowering, x: Edge, kernel: Pair, shape: Shape): Edge {
  const [batch, channels, height, columns] = shape;
  if (columns > MAX_COLUMNS) {
    const means = g.op("AveragePool", [x], shape, "float32", { kernel_shape: kernel, strides: kernel });
    return g.mul(means, g.scalar(kernel[0] * kernel[1]));
  }
  const width = columns * kernel[1];
  const table = new Array<number>(kernel[0] * width * columns).fill(0);
  for (let row = 0; row < kernel[0] * width; row++) table[row * columns + Math.floor(row % width / kernel[1])] = 1;
  const rows = g.reshape(x, [batch * channels * height, kernel[0] * width]);
  const inputs = [rows, g.constant(table, [kernel[0] * width, columns], "float32")];
  return g.reshape(g.op("MatMul", inputs, [batch * channels * height, columns], "float32"), shape);
}

/**
 * The maximum is where the image equals its window's maximum. Tied maxima share the gradient, so that its sum is kept.
 * For windows that do not overlap: no indices, no scattering.
 */
function disjointMaxGradient(g: Lowering, dy: Edge, x: Edge, y: Edge, window: Window): Edge {
  const image = cover(g, x, window, -Infinity);
  const mask = g.cast(g.op("Equal", [image, upsample(g, y, window.kernel)], image.shape, "bool"), "float32");
  const share = g.div(dy, sumsOfWindows(g, mask, window.kernel, y.shape));
  return uncover(g, g.mul(mask, upsample(g, share, window.kernel)), window);
}

/** Whether windows cover the image exactly. */
const covers = ({ before, after }: Window) => [...before, ...after].every((n) => n === 0);

/** The same in the blocked layout, where a row is repeated by broadcasting: for windows that cover the image exactly. */
function blockedMaxGradient(g: Lowering, dy: Edge, x: Edge, y: Edge, { kernel }: Window): Edge {
  const [batch, blocks, height, width, block] = x.shape;
  const rows = batch * blocks * height / kernel[0];
  const shape = [batch, blocks * block, height / kernel[0], width];
  const repeated = (edge: Edge) => {
    const attributes = { scales: [1, 1, 1, kernel[1]] };
    const wide = kernel[1] === 1 ? edge : blockedOp(g, "Upsample", [edge], shape, block, attributes);
    return g.reshape(wide, [rows, 1, width * block]);
  };
  const image = g.reshape(x, [rows, kernel[0], width * block]);
  const mask = g.cast(g.op("Equal", [image, repeated(y)], image.shape, "bool"), "float32");
  // Adding up counts the ties in one pass, where an average would have to be multiplied.
  const channels = blocks * block;
  const taps = g.constant(new Array(channels * kernel[0] * kernel[1]).fill(1), [channels, 1, ...kernel], "float32");
  const ties = blockedOp(
    g,
    "Conv",
    [g.reshape(mask, x.shape), taps],
    [batch, channels, ...dy.shape.slice(2, 4)],
    block,
    {
      kernel_shape: kernel,
      strides: kernel,
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      group: channels,
    },
  );
  const share = g.div(dy, ties);
  return g.reshape(g.mul(mask, repeated(share)), x.shape);
}

/** Windows that overlap add up their gradients, each at its first maximum. */
function scatteredMaxGradient(g: Lowering, dy: Edge, x: Edge, window: Window): Edge {
  const outputs = [{ shape: dy.shape, dtype: "float32" as const }, { shape: dy.shape, dtype: "int64" as const }];
  const [, indices] = g.ops("MaxPool", [x], outputs, poolAttributes(window));
  const size = x.shape.reduce((n, extent) => n * extent, 1);
  const count = dy.shape.reduce((n, extent) => n * extent, 1);
  const zeros = g.expand(g.constant([0], [1], "float32"), [size]);
  const inputs = [zeros, g.reshape(indices, [count]), g.reshape(dy, [count])];
  const sum = g.op("ScatterElements", inputs, [size], "float32", { axis: 0, reduction: "add" });
  return g.reshape(sum, x.shape);
}

/** How many elements of the image each window sees: padding does not count. [1, 1, height, width] */
function windowCounts(g: Lowering, { kernel, strides, before, input, output }: Window): Edge {
  const seen = (i: 0 | 1) =>
    Array.from({ length: output[i] }, (_, at) => {
      const first = at * strides[i] - before[i];
      return Math.min(first + kernel[i], input[i]) - Math.max(first, 0);
    });
  const columns = seen(1);
  const counts = seen(0).flatMap((rows) => columns.map((column) => rows * column));
  return g.constant(counts, [1, 1, ...output], "float32");
}

/** Pooling in the layout that the image has, or with channels first. */
function pooled(g: Lowering, type: string, x: Ref, shape: number[], window: Window): Ref {
  const attributes = poolAttributes(window);
  return x.layout === "blocked"
    ? g.refBlocked(blockedOp(g, type, [g.blocked(x)], shape, g.block, attributes))
    : g.refNchw(g.op(type, [g.nchw(x)], shape, "float32", attributes));
}

export const poolings: readonly Kernel[] = [
  {
    name: "MaxPool",
    inputs: ["x"],
    dtypes: ["float32"],
    supports: ({ x }, attrs) => reaches(x.shape, attrs),
    infer({ x }, attrs) {
      const { window, shape } = geometry(x.shape, attrs);
      return { outputs: [{ shape, dtype: "float32" }], plan: window };
    },
    lower: (g, [x], window: Window, [{ shape: [batch, , , channels] }]) =>
      pooled(g, "MaxPool", x, [batch, channels, ...window.output], window),
  },
  {
    name: "MaxPoolGrad",
    inputs: ["dy", "input", "output"],
    dtypes: ["float32"],
    supports: ({ input }, attrs) => reaches(input.shape, attrs),
    infer({ input }, attrs) {
      return { outputs: [{ shape: input.shape, dtype: "float32" }], plan: geometry(input.shape, attrs).window };
    },
    lower: (g, [dy, input, output], window: Window) =>
      input.layout === "blocked" && isDisjoint(window) && covers(window)
        ? g.refBlocked(blockedMaxGradient(g, g.blocked(dy), g.blocked(input), g.blocked(output), window))
        : g.refNchw(
          isDisjoint(window)
            ? disjointMaxGradient(g, g.nchw(dy), g.nchw(input), g.nchw(output), window)
            : scatteredMaxGradient(g, g.nchw(dy), g.nchw(input), window),
        ),
  },
  {
    name: "AvgPool",
    inputs: ["x"],
    dtypes: ["float32"],
    supports: ({ x }, attrs) => reaches(x.shape, attrs),
    infer({ x }, attrs) {
      const { window, shape } = geometry(x.shape, attrs);
      return { outputs: [{ shape, dtype: "float32" }], plan: window };
    },
    lower(g, [x], window: Window, [{ shape: [batch, , , channels] }]) {
      return pooled(g, "AveragePool", x, [batch, channels, ...window.output], window);
    },
  },
  {
    name: "AvgPoolGrad",
    inputs: ["dy", "input"],
    dtypes: ["float32"],
    supports: ({ input }, attrs) => reaches(input.shape, attrs),
    infer({ input }, attrs) {
      return { outputs: [{ shape: input.shape, dtype: "float32" }], plan: geometry(input.shape, attrs).window };
    },
    lower(g, [dy], window: Window, [{ shape: [batch, , , channels] }]) {
      const share = g.div(g.nchw(dy), windowCounts(g, window));
      if (isDisjoint(window)) return g.refNchw(uncover(g, upsample(g, share, window.kernel), window));
      const ones = g.expand(g.constant([1], [1, 1, 1, 1], "float32"), [channels, 1, ...window.kernel]);
      const spread = g.op("ConvTranspose", [share, ones], [batch, channels, ...window.input], "float32", {
        ...poolAttributes(window),
        group: channels,
        output_padding: pair((i) => Math.max(0, -window.after[i])),
      });
      return g.refNchw(spread);
    },
  },
];
