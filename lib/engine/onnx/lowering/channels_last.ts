import { sizeOf } from "../value.ts";
import type { Builder } from "./builder.ts";
import type { Edge } from "./edge.ts";
import { MAX_TABLE, pick } from "./pick.ts";

/** Channels from which ONNX Runtime's threads do not write to the same lines of cache: measured with two of them. */
const MAX_CHANNELS = 32;

/** Elements from which that takes longer than a second operator. */
const MIN_ELEMENTS = 2 ** 17;

/**
 * [batch, channels, height, width] with channels last. ONNX Runtime's threads share the channels of each image, so that
 * with few of them they write to the same lines of cache, and two are slower than one. They share the channels of all
 * images where that is one table, whose rows are put into order after that.
 */
export function channelsLast(g: Builder, edge: Edge): Edge {
  const [batch, channels, height, width] = edge.shape;
  const pixels = height * width;
  const few = batch > 1 && channels > 1 && channels < MAX_CHANNELS && edge.dtype === "float32";
  if (!few || sizeOf(edge.shape) < MIN_ELEMENTS || batch * pixels > MAX_TABLE || g.made(edge, "Transpose")) {
    return g.transpose(edge, [0, 2, 3, 1]);
  }
  const table = g.transpose(g.reshape(edge, [batch * channels, pixels]), [1, 0]);
  const rows = g.reshape(table, [pixels * batch, channels]);
  const order = Array.from({ length: batch * pixels }, (_, i) => (i % pixels) * batch + Math.floor(i / pixels));
  return pick(g, rows, 0, order, [batch, height, width]);
}
