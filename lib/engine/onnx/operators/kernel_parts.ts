import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import { pick } from "../lowering/pick.ts";
import type { Pair } from "./window.ts";

/** Geometry of the convolution that gives a filter's gradient, as ONNX's attributes. */
export interface GradientGeometry {
  readonly kernel_shape: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly pads: readonly number[];
}

/** Blocks of output channels that ONNX Runtime's kernels compute together. */
const TOGETHER = 4;

/** Bytes of a kernel that stay in the second-level cache, beside the image, while the image's columns go by. */
const CACHED = 2 ** 19;

/** Bytes beyond which the kernel comes from memory. */
const FAR = 2 ** 24;

/**
 * How many parts the rows of such a large kernel are cut into, to become channels: all of one block's kernel is gone
 * through for every few columns of the result, and from the third-level cache that takes a fifth longer. As few as make
 * it small, or as many as leave two rows to each. 1 where it is small, where its rows have no equal parts, or where so
 * few channels come out that copying the image's rows takes what is gained.
 *
 * @param out Output channels of one group.
 */
export function partsOfKernel(
  { block }: Lowering,
  out: number,
  { kernel_shape: [height, width] }: GradientGeometry,
): number {
  const together = Math.min(out, TOGETHER * block);
  const bytes = (rows: number) => 4 * rows * width * block * together;
  if (bytes(height) < (out < TOGETHER * block ? FAR : 2 * CACHED)) return 1;
  let most = 1;
  for (let parts = 2; parts <= height / 2; parts++) {
    if (height % parts > 0) continue;
    most = parts;
    if (bytes(height / parts) <= CACHED) break;
  }
  return most;
}

/**
 * The image for a kernel in parts: for each block of images and each part the rows that it sees, padding and all.
 *
 * @param pixels [blocks * height * columns, channels * block]
 * @param margins Columns of zeros left and right.
 * @param tapRows Rows of the result.
 * @returns [blocks * parts, rows, columns with margins, channels * block]
 */
export function imageOfParts(
  g: Lowering,
  pixels: Edge,
  [height, columns]: Pair,
  [left, right]: Pair,
  { kernel_shape, strides, dilations, pads }: GradientGeometry,
  parts: number,
  tapRows: number,
): Edge {
  const step = kernel_shape[0] / parts * dilations[0];
  const rows = step - dilations[0] + (tapRows - 1) * strides[0] + 1;
  const [count, size] = pixels.shape;
  const blocks = count / (height * columns);
  const table: number[] = [];
  let zero = false;
  for (let block = 0; block < blocks; block++) {
    for (let part = 0; part < parts; part++) {
      for (let row = part * step - pads[0]; row < part * step - pads[0] + rows; row++) {
        for (let column = -left; column < columns + right; column++) {
          const inside = row >= 0 && row < height && column >= 0 && column < columns;
          zero ||= !inside;
          table.push(inside ? (block * height + row) * columns + column : count);
        }
      }
    }
  }
  const from = zero ? g.concat([pixels, g.expand(g.constant([0], [1], "float32"), [1, size])], 0) : pixels;
  return pick(g, from, 0, table, [blocks * parts, rows, columns + left + right]);
}
