import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import { pick } from "./pick.ts";
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

/**
 * How many parts the rows of such a large kernel are cut into, to become channels: all of one block's kernel is gone
 * through for every few columns of the result, and from the third-level cache that takes a fifth longer. 1 where it is
 * small, where no number of equal parts makes it so, or where the image is padded with rows.
 *
 * @param out Output channels of one group.
 */
export function partsOfKernel(
  { block }: Lowering,
  out: number,
  { kernel_shape: [height, width], pads }: GradientGeometry,
): number {
  const bytes = (rows: number) => 4 * rows * width * block * Math.min(out, TOGETHER * block);
  if (bytes(height) <= 2 * CACHED || pads.some((pad) => pad > 0)) return 1;
  for (let parts = 2; parts <= height / 2; parts++) {
    if (height % parts === 0 && bytes(height / parts) <= CACHED) return parts;
  }
  return 1;
}

/**
 * The image for a kernel in parts: for each block of channels and each part, the rows that it sees.
 *
 * @param image [blocks * height, ...]
 * @param tapRows Rows of the result.
 * @returns [blocks * parts, rows, ...]
 */
export function imageOfParts(
  g: Lowering,
  image: Edge,
  height: number,
  { kernel_shape, strides, dilations }: GradientGeometry,
  parts: number,
  tapRows: number,
): Edge {
  if (parts === 1) return g.reshape(image, [image.shape[0] / height, height, ...image.shape.slice(1)]);
  const perPart = kernel_shape[0] / parts;
  const seen = (perPart - 1) * dilations[0] + (tapRows - 1) * strides[0] + 1;
  const blocks = image.shape[0] / height;
  const table: number[] = [];
  for (let block = 0; block < blocks; block++) {
    for (let part = 0; part < parts; part++) {
      const first = block * height + part * perPart * dilations[0];
      for (let row = 0; row < seen; row++) table.push(first + row);
    }
  }
  return pick(g, image, 0, table, [blocks * parts, seen]);
}
