import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import type { Ref } from "../lowering/ref.ts";
import { tapsFound, type Window } from "./window.ts";

/**
 * The gradient with respect to a convolution's filter in standard operators, as one convolution without unfolding
 * anything: its input channels are the batch, its kernel is the output's gradient, and the position in its output is the
 * filter's tap and input channel. The innermost axis of the image holds width and channels, so a step of one column is a
 * dilation.
 *
 * `x` is [batch, height, width, in] in tfjs's order, `dy` the output's gradient; gives [height, width, in, out].
 */
export function standardFilterGradient(g: Lowering, x: Edge, dy: Ref, window: Window): Edge {
  const { kernel, strides, dilations, before, after, input, output } = window;
  const [batch, , , channels] = x.shape;
  const out = dy.shape[3];
  const pixels = output[0] * output[1];
  if (g.block === 0 && isPointwise(window) && channels <= pixels) return pointwiseFilterGradient(g, x, dy, window);

  const found = tapsFound(window);
  const taken = found.columns * channels;
  const rows = g.reshape(x, [batch * input[0], input[1] * channels]);
  // Columns that no window reaches are cut off; padding costs the convolution nothing.
  const seen = g.pad(rows, [0, 0], [0, Math.min(0, after[1]) * channels]);
  const image = g.reshape(seen, [1, batch, input[0], seen.shape[1]]);

  const groups = groupsOf(g, batch, channels, found.rows * taken, pixels);
  const perGroup = batch / groups;
  const byGroup = g.reshape(g.nchw(dy), [groups, perGroup, out, pixels]);
  const weights = g.reshape(g.transpose(byGroup, [0, 2, 1, 3]), [groups * out, perGroup, ...output]);
  const product = g.op("Conv", [image, weights], [1, groups * out, found.rows, taken], "float32", {
    kernel_shape: output,
    strides: [dilations[0], 1],
    dilations: [strides[0], strides[1] * channels],
    pads: [before[0], before[1] * channels, found.below, Math.max(0, after[1]) * channels],
    group: groups,
  });
  const taps = g.slice(product, [2], [0], [kernel[0]]);
  const split = g.reshape(taps, [groups, out, kernel[0], found.columns, channels]);
  const picked = g.slice(split, [3], [0], [found.columns], [dilations[1]]);
  const parts = g.reshape(picked, [groups, out * kernel[0] * kernel[1] * channels]);
  const sum = g.reshape(g.reduce("ReduceSum", parts, groups > 1 ? [0] : []), [out, kernel[0] * kernel[1] * channels]);
  return g.reshape(g.transpose(sum, [1, 0]), [...kernel, channels, out]);
}

/** Numbers that one product adds up, above which the batch goes in parts: more would cost precision. */
const MAX_TERMS = 2 ** 14;

/**
 * Into how many parts the batch goes. Each image for itself, `dy` is there in the order that is needed; that pays where
 * the sum over the parts, each with `columns` numbers for a channel of `dy`, has little to do beside the image.
 */
function groupsOf(g: Lowering, batch: number, channels: number, columns: number, pixels: number): number {
  // What is not blocked beside blocked images is added up as it always was, bit for bit.
  const standard = g.block === 0;
  if (standard && 4 * columns <= pixels) return batch;
  if (standard && batch * pixels <= MAX_TERMS) return 1;
  // Groups give the threads equal shares; with few channels one group was measured to be faster.
  return channels < 16 ? 1 : divisor(batch, 8);
}

/** Whether a filter looks at one pixel, and no padding. */
function isPointwise({ kernel, before, after }: Window): boolean {
  return kernel[0] * kernel[1] === 1 && [...before, ...after].every((n) => n <= 0);
}

/** The same for a filter that looks at one pixel: a product for each image, of the pixels that the filter met. */
function pointwiseFilterGradient(g: Lowering, x: Edge, dy: Ref, { strides, output }: Window): Edge {
  const [batch, , , channels] = x.shape;
  const out = dy.shape[3];
  const pixels = output[0] * output[1];
  const met = g.slice(x, [1, 2], [0, 0], output.map((n, i) => (n - 1) * strides[i] + 1), [...strides]);
  const inputs = [g.reshape(g.nchw(dy), [batch, out, pixels]), g.reshape(met, [batch, pixels, channels])];
  const products = g.op("MatMul", inputs, [batch, out, channels], "float32");
  const sum = g.reshape(g.reduce("ReduceSum", products, batch > 1 ? [0] : []), [out, channels]);
  return g.reshape(g.transpose(sum, [1, 0]), [1, 1, channels, out]);
}

/** The largest divisor of `n` up to `limit`. */
function divisor(n: number, limit: number): number {
  for (let d = limit; d > 1; d--) if (n % d === 0) return d;
  return 1;
}
