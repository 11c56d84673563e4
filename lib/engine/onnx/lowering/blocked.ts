import type { Builder } from "./builder.ts";
import type { Attribute, Edge } from "./edge.ts";

/**
 * ONNX Runtime's blocked layout, whose operators it keeps in a domain of its own for its optimiser: channels in blocks
 * of 8 or 16, [batch, channels / block, height, width, block]. A convolution in it reads and writes whole vectors.
 *
 * The domain's operators call their tensors [batch, channels, height, width], whatever the order of the numbers is.
 * Here an edge in that layout has the five axes that it has in memory, so that every other operator may take it, and
 * {@link blockedOp} is the only place that knows both shapes.
 */
export const BLOCKED_DOMAIN = "com.microsoft.nchwc";

/** An operator of the blocked domain on five-axis edges; gives five axes again. `shape` is channels first. */
export function blockedOp(
  g: Builder,
  type: string,
  inputs: readonly (Edge | null)[],
  shape: readonly number[],
  block: number,
  attributes: Readonly<Record<string, Attribute>> = {},
): Edge {
  const outputs = [{ shape, dtype: "float32" as const }];
  const [edge] = g.ops(type, inputs.map((input) => input && fourAxes(g, input)), outputs, attributes, BLOCKED_DOMAIN);
  return fiveAxes(g, edge, block);
}

/** The domain's own name for a blocked edge's shape. Edges with other ranks stay as they are. */
export function fourAxes(g: Builder, edge: Edge): Edge {
  if (edge.shape.length !== 5) return edge;
  const [batch, blocks, height, width, block] = edge.shape;
  return g.reshape(edge, [batch, blocks * block, height, width]);
}

function fiveAxes(g: Builder, edge: Edge, block: number): Edge {
  const [batch, channels, height, width] = edge.shape;
  return g.reshape(edge, [batch, channels / block, height, width, block]);
}

/** Converts a float image from either order of axes. Channels must be whole blocks; one block is a reshape of tfjs's order. */
export function toBlocked(g: Builder, edge: Edge, channelsLast: boolean, block: number): Edge {
  const [batch, a, b, c] = edge.shape;
  const [channels, height, width] = channelsLast ? [c, a, b] : [a, b, c];
  const moves = height * width > 1 && !(channelsLast && channels === block);
  if (edge.dtype === "float32" && moves && channels % block === 0) {
    const attributes: Record<string, number> = channelsLast ? { channels_last: 1 } : {};
    const outputs = [{ shape: [batch, channels, height, width], dtype: "float32" as const }];
    return fiveAxes(g, g.ops("ReorderInput", [edge], outputs, attributes, BLOCKED_DOMAIN)[0], block);
  }
  const inner = channels === 1 ? 1 : block;
  return channelsLast
    ? g.transpose(g.reshape(edge, [batch, height, width, channels / inner, inner]), [0, 3, 1, 2, 4])
    : g.transpose(g.reshape(edge, [batch, channels / inner, inner, height, width]), [0, 1, 3, 4, 2]);
}

/** Converts back, to either order of axes. */
export function fromBlocked(g: Builder, edge: Edge, channelsLast: boolean): Edge {
  const [batch, blocks, height, width, block] = edge.shape;
  const channels = blocks * block;
  const shape = channelsLast ? [batch, height, width, channels] : [batch, channels, height, width];
  const moves = height * width > 1 && !(channelsLast && blocks === 1);
  if (edge.dtype === "float32" && moves && block > 1) {
    if (channelsLast) return g.reshape(swapVectors(g, edge, batch, blocks, height * width, block), shape);
    const outputs = [{ shape, dtype: "float32" as const }];
    return g.ops("ReorderOutput", [fourAxes(g, edge)], outputs, { channels }, BLOCKED_DOMAIN)[0];
  }
  return g.reshape(g.transpose(edge, channelsLast ? [0, 2, 3, 1, 4] : [0, 1, 4, 2, 3]), shape);
}

/**
 * Vectors of one block each, [outer, rows, columns, block] to [outer, columns, rows, block]. The domain's operator into
 * its layout does nothing else with channels last, and shares its rows among the threads, which the one back does not,
 * nor does a transposition. Picking by a table does, and takes longer for each vector.
 */
export function swapVectors(
  g: Builder,
  edge: Edge,
  outer: number,
  rows: number,
  columns: number,
  block: number,
): Edge {
  const image = g.reshape(edge, [outer, rows, 1, columns * block]);
  const outputs = [{ shape: [outer, columns * block, rows, 1], dtype: "float32" as const }];
  const [swapped] = g.ops("ReorderInput", [image], outputs, { channels_last: 1 }, BLOCKED_DOMAIN);
  return g.reshape(swapped, [outer, columns, rows, block]);
}

/** Whether an edge has one number for each channel of a blocked image. */
export function isPerChannel({ shape }: Edge, { shape: image }: Edge): boolean {
  return shape.length === 5 && image.length === 5 && shape[0] === 1 && shape[2] === 1 && shape[3] === 1 &&
    shape[1] === image[1] && shape[4] === image[4] && image[2] * image[3] > 1;
}

/** Pixels of an image averaged by the domain's own operator: [batch, channels]. */
export function pixelMeans(g: Builder, image: Edge): Edge {
  const [batch, blocks, , , block] = image.shape;
  const channels = blocks * block;
  return g.reshape(blockedOp(g, "GlobalAveragePool", [image], [batch, channels, 1, 1], block), [batch, channels]);
}

/** Numbers that are added up one after the other: more would cost precision, fewer time. */
export const MAX_SUMMANDS = 512;

/** `factor` times the sum of rows, [rows, columns] to [columns]: a product with a vector scales in the same operator. */
export function sumOfRows(g: Builder, table: Edge, factor: number): Edge {
  const [rows, columns] = table.shape;
  return g.op("MatMul", [g.constant(new Array(rows).fill(factor), [rows], "float32"), table], [columns], "float32");
}

/** Attributes of a convolution with one tap for each channel. */
export function oneTap(channels: number) {
  return { kernel_shape: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: channels };
}

/**
 * scale * image + bias, with a number for each channel: a convolution with one tap, which takes one pass over memory
 * where broadcasting over blocks would go by a few numbers at a time. Both are per-channel edges; null leaves one out.
 * `sum` is an image that is added in the same pass, `relu` what happens to the result.
 */
export function perChannel(
  g: Builder,
  image: Edge,
  scale: Edge | null,
  bias: Edge | null,
  sum: Edge | null = null,
  relu = false,
): Edge {
  const [batch, blocks, height, width, block] = image.shape;
  const channels = blocks * block;
  const filter = scale === null
    ? g.constant(new Array(channels).fill(1), [channels, 1, 1, 1], "float32")
    : g.reshape(scale, [channels, 1, 1, 1]);
  const inputs = [image, filter, bias && g.reshape(bias, [channels]), sum];
  while (inputs.at(-1) === null) inputs.pop();
  const shape = [batch, channels, height, width];
  return blockedOp(g, "Conv", inputs, shape, block, {
    ...oneTap(channels),
    ...(relu ? { activation: "Relu" } : {}),
  });
}
