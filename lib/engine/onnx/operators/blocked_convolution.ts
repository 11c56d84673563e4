import { BLOCKED_DOMAIN, blockedOp } from "../lowering/blocked.ts";
import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import type { Ref } from "../lowering/ref.ts";
import { padsOf, type Window } from "./window.ts";

/** Rows of an index table above which a transposition takes its place. */
const MAX_INDEX = 2 ** 20;

/** Whether a convolution can run in the blocked layout: whole blocks, but for an image of few channels as in a first layer. */
export function canBlock(g: Lowering, channels: number, out: number): boolean {
  return g.blocks(out) && (g.blocks(channels) || channels < g.block);
}

/**
 * A convolution in the blocked layout. `filter` is [height, width, in, out]; `bias` has a number for each channel; `relu`
 * is applied before the result goes to memory.
 */
export function blockedConvolution(
  g: Lowering,
  x: Ref,
  filter: Edge,
  bias: Edge[],
  window: Window,
  relu: boolean,
): Edge {
  const [height, width, channels, out] = filter.shape;
  const { block } = g;
  const taps = height * width;
  const whole = g.blocks(channels);
  const weights = whole
    ? g.transpose(g.reshape(filter, [taps, channels / block, block, out / block, block]), [3, 1, 0, 2, 4])
    : g.transpose(g.reshape(filter, [taps, channels, out / block, block]), [2, 1, 0, 3]);
  const inputs = [whole ? g.blocked(x) : g.nchw(x), g.reshape(weights, [out, channels, height, width]), ...bias];
  const shape = [x.shape[0], out, ...window.output];
  return blockedOp(g, "Conv", inputs, shape, block, { ...attributes(window, padsOf(window)), ...activation(relu) });
}

/** A convolution of each channel with a filter [height, width, channels, 1]. */
export function blockedDepthwise(
  g: Lowering,
  x: Ref,
  filter: Edge,
  bias: Edge[],
  window: Window,
  relu: boolean,
): Edge {
  const [height, width, channels] = filter.shape;
  const { block } = g;
  const split = g.transpose(g.reshape(filter, [height * width, channels / block, block]), [1, 0, 2]);
  const inputs = [g.blocked(x), g.reshape(split, [channels, 1, height, width]), ...bias];
  const shape = [x.shape[0], channels, ...window.output];
  return blockedOp(g, "Conv", inputs, shape, block, {
    ...attributes(window, padsOf(window)),
    ...activation(relu),
    group: channels,
  });
}

function activation(relu: boolean): Record<string, string> {
  return relu ? { activation: "Relu" } : {};
}

function attributes({ kernel, strides, dilations }: Window, pads: number[]) {
  return { kernel_shape: kernel, strides, dilations, pads, group: 1 };
}

/** Groups of a batch for {@link blockedFilterGradient}: enough that two threads get equal shares; 0 where it can't run. */
export function filterGradientGroups(g: Lowering, batch: number, channels: number, out: number): number {
  if (!g.blocks(batch) || !g.blocks(out) || !g.blocks(channels)) return 0;
  return out <= 4 * g.block && batch % (2 * g.block) === 0 ? 2 : 1;
}

/**
 * The convolution of the filter's gradient (see `filterGradient`) with the batch in blocks: `image` is
 * [1, batch, rows, columns * channels]; gives [groups, out / block, rows of taps, columns of taps, block].
 */
export function blockedFilterGradient(
  g: Lowering,
  image: Edge,
  dy: Ref,
  groups: number,
  output: readonly number[],
  convolution: {
    kernel_shape: readonly number[];
    strides: readonly number[];
    dilations: readonly number[];
    pads: number[];
  },
): Edge {
  const { block } = g;
  const [batch, height, width, out] = dy.shape;
  const perGroup = batch / groups;
  const positions = height * width;
  const [blocked] = g.ops("ReorderInput", [image], [{ shape: image.shape, dtype: "float32" }], {}, BLOCKED_DOMAIN);
  const extents = [groups, perGroup / block, block, out / block, positions];
  const rows = extents.reduce((n, extent) => n * extent, 1);
  let filter: Edge;
  if (rows <= MAX_INDEX) {
    // Picking whole vectors by a table runs on all threads, transposing on one.
    const source = g.reshape(g.blocked(dy), [rows, block]);
    const table = g.constant(permutation(extents, [0, 3, 1, 4, 2]), [rows], "int32");
    filter = g.op("Gather", [source, table], [rows, block], "float32", { axis: 0 });
  } else filter = g.transpose(g.reshape(g.blocked(dy), [...extents, block]), [0, 3, 1, 4, 2, 5]);
  const weights = g.reshape(filter, [groups * out, perGroup, height, width]);
  const shape = [1, groups * out, ...output];
  const result = blockedOp(g, "Conv", [blocked, weights], shape, block, { ...convolution, group: groups });
  return g.reshape(result, [groups, out / block, ...output, block]);
}

/** Whether {@link fewChannelsFilterGradient} can run. */
export function hasFewChannels(g: Lowering, channels: number, out: number, { output, dilations }: Window): boolean {
  return channels < g.block && g.blocks(out) && g.blocks(output[1]) && dilations.every((d) => d === 1);
}

/**
 * The convolution of the filter's gradient for an image of few channels, where the batch would make thin blocks: here
 * they are made of neighbouring columns, and the output's gradient is a filter as it lies, with a group for each image.
 * The columns that each tap sees are picked beforehand, which is little to copy.
 *
 * `rows` is [batch * height, padded width, channels]; gives [batch, out / block, rows of taps, columns * channels, block].
 */
export function fewChannelsFilterGradient(g: Lowering, rows: Edge, dy: Ref, window: Window, tapRows: number): Edge {
  const { block } = g;
  const { kernel, strides, before, after, input, output } = window;
  const [lines, , channels] = rows.shape;
  const [batch, , , out] = dy.shape;
  const perLine = output[1] / block;
  const parts = Array.from({ length: kernel[1] }, (_, tap) => {
    const seen = g.slice(rows, [1], [tap], [tap + (output[1] - 1) * strides[1] + 1], [strides[1]]);
    const shape = [lines, output[1], 1, channels];
    const stacked = g.reshape(seen, shape);
    const [edge] = g.ops("ReorderInput", [stacked], [{ shape, dtype: "float32" }], {}, BLOCKED_DOMAIN);
    return g.reshape(edge, [lines * perLine, channels * block]);
  });
  const columns = kernel[1] * channels;
  const image = g.reshape(g.concat(parts, 1), [1, batch * block, input[0], perLine * columns]);
  const weights = g.reshape(g.blocked(dy), [batch * out, block, output[0], perLine]);
  const result = blockedOp(g, "Conv", [image, weights], [1, batch * out, tapRows, columns], block, {
    kernel_shape: [output[0], perLine],
    strides: [1, 1],
    dilations: [strides[0], columns],
    pads: [before[0], 0, Math.max(0, after[0]), 0],
    group: batch,
  });
  return g.reshape(result, [batch, out / block, tapRows, columns, block]);
}

/** Where the elements of a transposed tensor come from. */
function permutation(extents: readonly number[], axes: readonly number[]): number[] {
  const strides = extents.map((_, axis) => extents.slice(axis + 1).reduce((n, extent) => n * extent, 1));
  return axes.reduce<number[]>((offsets, axis) => {
    return offsets.flatMap((offset) => Array.from({ length: extents[axis] }, (_, i) => offset + i * strides[axis]));
  }, [0]);
}
