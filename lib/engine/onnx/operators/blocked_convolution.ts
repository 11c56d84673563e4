import { BLOCKED_DOMAIN, blockedOp, swapVectors } from "../lowering/blocked.ts";
import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import type { Ref } from "../lowering/ref.ts";
import { type GradientGeometry, imageOfParts, partsOfKernel } from "./kernel_parts.ts";
import { MAX_TABLE, pick } from "../lowering/pick.ts";
import { padsOf, type Pair, type Window } from "./window.ts";

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
 * The convolution of the filter's gradient (see `filterGradient`) with the batch in blocks. `rows` is
 * [batch * height, columns * channels], `margins` how many columns of zeros it wants left and right of that, where a
 * negative number is what no window reaches; gives [groups, out / block, rows of taps, columns of taps, block].
 */
export function blockedFilterGradient(
  g: Lowering,
  rows: Edge,
  channels: number,
  [left, right]: Pair,
  dy: Ref,
  groups: number,
  output: readonly number[],
  geometry: GradientGeometry,
): Edge {
  const { block } = g;
  const [batch, , , out] = dy.shape;
  const lines = rows.shape[0];
  const height = lines / batch;
  const seen = withMargins(g, rows, 0, Math.min(0, right) * channels);
  const columns = seen.shape[1] / channels;
  const narrow = [1, batch, height, seen.shape[1]];
  const unblocked = [g.reshape(seen, narrow)];
  const [blocked] = g.ops("ReorderInput", unblocked, [{ shape: narrow, dtype: "float32" }], {}, BLOCKED_DOMAIN);
  // Zeros come last, where there are longer pieces to copy.
  const size = channels * block;
  const zeros: Pair = [left, Math.max(0, right)];
  const parts = partsOfKernel(g, out, geometry);
  const kernel: Pair = [geometry.kernel_shape[0] / parts, geometry.kernel_shape[1]];
  let image: Edge, rowsSeen = height, pads = geometry.pads;
  if (parts === 1) {
    const pieces = g.reshape(blocked, [lines / block, columns * size]);
    image = withMargins(g, pieces, zeros[0] * size, zeros[1] * size);
  } else {
    const pixels = g.reshape(blocked, [lines / block * columns, size]);
    image = imageOfParts(g, pixels, [height, columns], zeros, geometry, parts, output[0]);
    [rowsSeen, pads] = [image.shape[1], [0, 0, 0, 0]];
  }
  const inputs = [
    g.reshape(image, [1, batch * parts, rowsSeen, (columns + zeros[0] + zeros[1]) * channels]),
    // As it lies, the parts of its rows may as well be channels.
    g.reshape(gradientAsFilter(g, dy, groups), [groups * out, batch / groups * parts, ...kernel]),
  ];
  const result = blockedOp(g, "Conv", inputs, [1, groups * out, ...output], block, {
    ...geometry,
    kernel_shape: kernel,
    pads,
    group: groups,
  });
  return g.reshape(result, [groups, out / block, ...output, block]);
}

/** The output's gradient as a filter whose channels are the batch, in blocks: [groups * out, batch / groups, height, width]. */
function gradientAsFilter(g: Lowering, dy: Ref, groups: number): Edge {
  const { block } = g;
  const [batch, height, width, out] = dy.shape;
  const perGroup = batch / groups;
  const positions = height * width;
  const extents = [groups, perGroup / block, block, out / block, positions];
  const count = groups * perGroup * out / block * positions;
  const source = g.blocked(dy);
  let filter: Edge;
  if (perGroup === block) filter = swapVectors(g, source, groups, block, out / block * positions, block);
  else if (count <= MAX_TABLE) {
    // Picking whole vectors by a table runs on all threads, transposing on one.
    filter = pick(g, g.reshape(source, [count, block]), 0, permutation(extents, [0, 3, 1, 4, 2]), [count]);
  } else filter = g.transpose(g.reshape(source, [...extents, block]), [0, 3, 1, 4, 2, 5]);
  return g.reshape(filter, [groups * out, perGroup, height, width]);
}

/**
 * An edge with zeros before and after along its last axis; a negative number cuts off. Unlike ONNX Runtime's padding,
 * putting parts together runs on all threads.
 */
function withMargins(g: Lowering, edge: Edge, before: number, after: number): Edge {
  const last = edge.shape.length - 1;
  const whole = g.slice(edge, [last], [0], [edge.shape[last] + Math.min(0, after)]);
  const zeros = (count: number) => g.expand(g.constant([0], [1], "float32"), edge.shape.with(last, count));
  return g.concat([...before > 0 ? [zeros(before)] : [], whole, ...after > 0 ? [zeros(after)] : []], last);
}

/** Whether {@link pixelsUnderStrides} can run: one tap, which sees a part of the pixels and no padding. */
export function seesSomePixels(
  { kernel, strides, before, after, output }: Window,
  channels: number,
  block: number,
): boolean {
  const jumps = kernel[0] * kernel[1] === 1 && strides[0] * strides[1] > 1;
  const inside = [...before, ...after].every((padding) => padding <= 0);
  return jumps && inside && output[0] * output[1] * channels / block <= MAX_TABLE;
}

/** The pixels that a convolution of one tap sees, in tfjs's order: [batch, height, width, channels] of its output. */
export function pixelsUnderStrides(g: Lowering, x: Ref, { strides, input, output }: Window): Edge {
  const [batch, , , channels] = x.shape;
  const { block } = g;
  const blocks = channels / block;
  // Picked and put into tfjs's order at once.
  const inBlocks = x.layout === "blocked";
  const table: number[] = [];
  for (let row = 0; row < output[0]; row++) {
    for (let column = 0; column < output[1]; column++) {
      const pixel = row * strides[0] * input[1] + column * strides[1];
      if (!inBlocks) table.push(pixel);
      else for (let b = 0; b < blocks; b++) table.push(b * input[0] * input[1] + pixel);
    }
  }
  const vectors = inBlocks
    ? g.reshape(g.blocked(x), [batch, blocks * input[0] * input[1], block])
    : g.reshape(g.plain(x), [batch, input[0] * input[1], channels]);
  return g.reshape(pick(g, vectors, 1, table, [table.length]), [batch, ...output, channels]);
}

/** Whether {@link fewChannelsFilterGradient} can run. */
export function hasFewChannels(g: Lowering, channels: number, out: number, { output, dilations }: Window): boolean {
  return channels < g.block && g.blocks(out) && g.blocks(output[1]) && dilations.every((d) => d === 1);
}

/**
 * The convolution of the filter's gradient for an image of few channels, where the batch would make thin blocks: here
 * they are made of neighbouring columns, and the output's gradient is a filter as it lies, with a group for each image.
 * The columns that each tap sees are picked beforehand, which is little to copy. Gives [batch, out / block, rows of taps,
 * columns * channels, block].
 */
export function fewChannelsFilterGradient(g: Lowering, x: Ref, dy: Ref, window: Window, tapRows: number): Edge {
  const { block } = g;
  const { kernel, strides, before, after, input, output } = window;
  const [batch, , , out] = dy.shape;
  const perLine = output[1] / block;
  const columns = kernel[1] * x.shape[3];
  const seen = strides[1] === 1 ? seenByNeighbours(g, x, window) : seenUnderStrides(g, x, window);
  const image = g.reshape(seen, [1, batch * block, input[0], perLine * columns]);
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

/**
 * What each tap of a row of the filter sees, in blocks of columns: [batch, height * columns / block, taps * channels,
 * block]. With channels first a row of the image lies as it is needed, but for the tap's place.
 */
function seenByNeighbours(g: Lowering, x: Ref, { kernel, before, after, output }: Window): Edge {
  const padded = withMargins(g, g.nchw(x), before[1], after[1]);
  const [batch, channels, height] = padded.shape;
  const taps = Array.from({ length: kernel[1] }, (_, tap) => g.slice(padded, [3], [tap], [tap + output[1]]));
  return swapVectors(g, g.concat(taps, 1), batch, kernel[1] * channels, height * output[1] / g.block, g.block);
}

/**
 * The same where columns have strides. Taps that are less than a stride apart see elements that lie together, so that
 * no column is picked by itself.
 */
function seenUnderStrides(g: Lowering, x: Ref, { kernel, strides, before, output }: Window): Edge {
  const { block } = g;
  const [batch, height, width, channels] = x.shape;
  const lines = batch * height, perLine = output[1] / block;
  const perStep = strides[1] * channels;
  const groups = Math.ceil(kernel[1] / strides[1]);
  const steps = output[1] + groups - 1;
  const rows = g.reshape(g.plain(x), [lines, width * channels]);
  const left = before[1] * channels;
  const right = steps * perStep - width * channels - left;
  const padded = g.reshape(withMargins(g, rows, left, right), [lines, steps, perStep]);
  const parts = Array.from({ length: groups }, (_, group) => {
    const seen = g.slice(padded, [1], [group], [group + output[1]]);
    const shape = [lines, output[1], 1, perStep];
    const [edge] = g.ops("ReorderInput", [g.reshape(seen, shape)], [{ shape, dtype: "float32" }], {}, BLOCKED_DOMAIN);
    const taps = Math.min(strides[1], kernel[1] - group * strides[1]);
    return g.slice(g.reshape(edge, [lines * perLine, perStep * block]), [1], [0], [taps * channels * block]);
  });
  return g.reshape(g.concat(parts, 1), [batch, height * perLine, kernel[1] * channels, block]);
}

/** Where the elements of a transposed tensor come from. */
function permutation(extents: readonly number[], axes: readonly number[]): number[] {
  const strides = extents.map((_, axis) => extents.slice(axis + 1).reduce((n, extent) => n * extent, 1));
  return axes.reduce<number[]>((offsets, axis) => {
    return offsets.flatMap((offset) => Array.from({ length: extents[axis] }, (_, i) => offset + i * strides[axis]));
  }, [0]);
}
