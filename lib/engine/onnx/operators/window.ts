import type { backend_util } from "@tensorflow/tfjs-core";

/** Two numbers: along the height and along the width. */
export type Pair = readonly [number, number];

/** The geometry of a convolution or of pooling. Plain data: part of the structural key. */
export interface Window {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Rows above and columns left of the input that count as padding. */
  readonly before: Pair;
  /** Rows below and columns to the right, as many as the last window reaches. Negative where input is left over. */
  readonly after: Pair;
  /** Extents of the input and of the output. */
  readonly input: Pair;
  readonly output: Pair;
}

type Info = Pick<
  backend_util.Conv2DInfo,
  | "filterHeight"
  | "filterWidth"
  | "strideHeight"
  | "strideWidth"
  | "dilationHeight"
  | "dilationWidth"
  | "padInfo"
  | "inHeight"
  | "inWidth"
  | "outHeight"
  | "outWidth"
>;

export function windowOf(info: Info): Window {
  const kernel: Pair = [info.filterHeight, info.filterWidth];
  const strides: Pair = [info.strideHeight, info.strideWidth];
  const dilations: Pair = [info.dilationHeight, info.dilationWidth];
  const before: Pair = [info.padInfo.top, info.padInfo.left];
  const input: Pair = [info.inHeight, info.inWidth];
  const output: Pair = [info.outHeight, info.outWidth];
  if (output[0] < 1 || output[1] < 1) {
    throw new Error(`a window of ${kernel} with dilations ${dilations} does not fit into ${input}`);
  }
  const after = pair((i) => (output[i] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - input[i] - before[i]);
  return { kernel, strides, dilations, before, after, input, output };
}

export function pair(of: (index: 0 | 1) => number): Pair {
  return [of(0), of(1)];
}

/** ONNX's `pads`, which must not be negative: what is left over is ignored by rounding down. */
export function padsOf({ before, after }: Window): number[] {
  return [...before, Math.max(0, after[0]), Math.max(0, after[1])];
}

/**
 * Where a convolution with the output's gradient as its kernel finds the filter's taps: `rows` of results, of which the
 * first are taps, and among `columns` of them as many as the dilation says to the next one. `below`: rows of zeros after
 * the input.
 */
export function tapsFound({ kernel, strides, dilations, before, after, input, output }: Window) {
  const below = Math.max(0, after[0]);
  // Dilated taps are found by stepping over rows, and by picking columns afterwards.
  const reached = input[0] + before[0] + below - (output[0] - 1) * strides[0];
  return { rows: Math.ceil(reached / dilations[0]), columns: (kernel[1] - 1) * dilations[1] + 1, below };
}

/** Whether each element of the input belongs to one window at most. */
export function isDisjoint({ kernel, strides, dilations }: Window): boolean {
  return kernel[0] === strides[0] && kernel[1] === strides[1] && dilations[0] === 1 && dilations[1] === 1;
}
