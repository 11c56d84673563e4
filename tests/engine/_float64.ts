/**
 * Layers of image classification in float64 and plain loops, and gradients by central differences. Independent of
 * TensorFlow.js: geometry, means and derivatives are worked out here from their definitions.
 */

/** Numbers in C order. Images are [batch, height, width, channels]. */
export interface Wide {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

type Pair = readonly [number, number];

/** "same" and "valid" as TensorFlow defines them, or rows and columns of zeros: [[above, below], [left, right]]. */
export type Padding = "same" | "valid" | readonly [Pair, Pair];

export interface Geometry {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations?: Pair;
  readonly pad: Padding;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((n, extent) => n * extent, 1);
const zeros = (...shape: number[]): Wide => ({ shape, values: new Float64Array(sizeOf(shape)) });

/** Along one axis (0: height, 1: width): how many windows there are, and what lies before the first element. */
function along({ kernel, strides, dilations = [1, 1], pad }: Geometry, axis: 0 | 1, extent: number) {
  const reach = (kernel[axis] - 1) * dilations[axis] + 1;
  if (pad === "same") {
    const count = Math.ceil(extent / strides[axis]);
    const total = Math.max(0, (count - 1) * strides[axis] + reach - extent);
    return { count, before: Math.floor(total / 2) };
  }
  const [before, after] = pad === "valid" ? [0, 0] : pad[axis];
  return { count: Math.floor((extent + before + after - reach) / strides[axis]) + 1, before };
}

/** Calls `visit(b, y, x, ky, kx, row, column)` for each window [b, y, x], tap and element of the image under it. */
function slide(
  [batch, height, width]: readonly number[],
  geometry: Geometry,
  visit: (b: number, y: number, x: number, ky: number, kx: number, row: number, column: number) => void,
): Pair {
  const { kernel, strides, dilations = [1, 1] } = geometry;
  const rows = along(geometry, 0, height), columns = along(geometry, 1, width);
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < rows.count; y++) {
      for (let x = 0; x < columns.count; x++) {
        for (let ky = 0; ky < kernel[0]; ky++) {
          const row = y * strides[0] + ky * dilations[0] - rows.before;
          if (row < 0 || row >= height) continue;
          for (let kx = 0; kx < kernel[1]; kx++) {
            const column = x * strides[1] + kx * dilations[1] - columns.before;
            if (column >= 0 && column < width) visit(b, y, x, ky, kx, row, column);
          }
        }
      }
    }
  }
  return [rows.count, columns.count];
}

/** Extents of what windows give. */
export function outputOf([, height, width]: readonly number[], geometry: Geometry): Pair {
  return [along(geometry, 0, height).count, along(geometry, 1, width).count];
}

/** Filter [height, width, in, out]. */
export function conv(image: Wide, filter: Wide, geometry: Geometry): Wide {
  const [batch, height, width, channels] = image.shape;
  const out = filter.shape[3];
  const [rows, columns] = outputOf(image.shape, geometry);
  const result = zeros(batch, rows, columns, out);
  slide(image.shape, geometry, (b, y, x, ky, kx, row, column) => {
    const from = ((b * height + row) * width + column) * channels;
    const taps = (ky * filter.shape[1] + kx) * channels * out;
    const to = ((b * rows + y) * columns + x) * out;
    for (let c = 0; c < channels; c++) {
      const value = image.values[from + c];
      for (let o = 0; o < out; o++) result.values[to + o] += value * filter.values[taps + c * out + o];
    }
  });
  return result;
}

/** Filter [height, width, channels, multiplier]. */
export function depthwise(image: Wide, filter: Wide, geometry: Geometry): Wide {
  const [batch, height, width, channels] = image.shape;
  const multiplier = filter.shape[3];
  const [rows, columns] = outputOf(image.shape, geometry);
  const result = zeros(batch, rows, columns, channels * multiplier);
  slide(image.shape, geometry, (b, y, x, ky, kx, row, column) => {
    for (let c = 0; c < channels; c++) {
      const value = image.values[((b * height + row) * width + column) * channels + c];
      for (let m = 0; m < multiplier; m++) {
        const at = (((b * rows + y) * columns + x) * channels + c) * multiplier + m;
        result.values[at] += value * filter.values[((ky * filter.shape[1] + kx) * channels + c) * multiplier + m];
      }
    }
  });
  return result;
}

/** What a convolution that gives `small` from [batch, ...size, out] would send back. Filter [height, width, out, in]. */
export function transposedConv(small: Wide, filter: Wide, size: Pair, geometry: Geometry): Wide {
  const [batch, rows, columns, channels] = small.shape;
  const out = filter.shape[2];
  const result = zeros(batch, ...size, out);
  slide([batch, ...size], geometry, (b, y, x, ky, kx, row, column) => {
    for (let o = 0; o < out; o++) {
      let sum = 0;
      for (let c = 0; c < channels; c++) {
        sum += small.values[((b * rows + y) * columns + x) * channels + c] *
          filter.values[((ky * filter.shape[1] + kx) * out + o) * channels + c];
      }
      result.values[((b * size[0] + row) * size[1] + column) * out + o] += sum;
    }
  });
  return result;
}

/** Padding is never the maximum, and no part of an average. */
export function pool(image: Wide, geometry: Geometry, kind: "max" | "average"): Wide {
  const [batch, height, width, channels] = image.shape;
  const [rows, columns] = outputOf(image.shape, geometry);
  const result = zeros(batch, rows, columns, channels), counts = zeros(batch, rows, columns, channels);
  if (kind === "max") result.values.fill(-Infinity);
  slide(image.shape, geometry, (b, y, x, _ky, _kx, row, column) => {
    for (let c = 0; c < channels; c++) {
      const value = image.values[((b * height + row) * width + column) * channels + c];
      const at = ((b * rows + y) * columns + x) * channels + c;
      result.values[at] = kind === "max" ? Math.max(result.values[at], value) : result.values[at] + value;
      counts.values[at]++;
    }
  });
  if (kind === "average") result.values.forEach((sum, at) => result.values[at] = sum / counts.values[at]);
  return result;
}

/** Mean or maximum over height and width, [batch, channels]. */
export function globalPool(image: Wide, kind: "max" | "average"): Wide {
  const [batch, height, width, channels] = image.shape;
  const result = pool(image, { kernel: [height, width], strides: [height, width], pad: "valid" }, kind);
  return { shape: [batch, channels], values: result.values };
}

/** Rows [n, in] times [in, out], plus an optional bias [out]. */
export function dense(x: Wide, weights: Wide, bias?: Wide): Wide {
  const [n, inner] = x.shape, out = weights.shape[1];
  const result = zeros(n, out);
  for (let i = 0; i < n; i++) {
    for (let o = 0; o < out; o++) {
      let sum = bias?.values[o] ?? 0;
      for (let k = 0; k < inner; k++) sum += x.values[i * inner + k] * weights.values[k * out + o];
      result.values[i * out + o] = sum;
    }
  }
  return result;
}

/**
 * (x - mean) / sqrt(variance + epsilon) * gamma + beta, with mean and variance of each channel over everything else, or
 * of each row of channels (`rows`: layer normalisation).
 */
export function normalise(x: Wide, gamma: Wide, beta: Wide, epsilon: number, rows = false): Wide {
  const channels = x.shape.at(-1)!;
  const count = x.values.length / channels;
  const result = zeros(...x.shape);
  const group = (members: number[]) => {
    const mean = members.reduce((sum, at) => sum + x.values[at], 0) / members.length;
    const variance = members.reduce((sum, at) => sum + (x.values[at] - mean) ** 2, 0) / members.length;
    for (const at of members) {
      const c = at % channels;
      result.values[at] = (x.values[at] - mean) / Math.sqrt(variance + epsilon) * gamma.values[c] + beta.values[c];
    }
  };
  const groups = rows ? count : channels, members = rows ? channels : count;
  for (let g = 0; g < groups; g++) {
    group(Array.from({ length: members }, (_, i) => rows ? g * channels + i : i * channels + g));
  }
  return result;
}

/** The same function of every element. */
export const each = (x: Wide, f: (value: number) => number): Wide => ({ shape: x.shape, values: x.values.map(f) });

/** A sum of equal shapes. */
export const add = (a: Wide, b: Wide): Wide => ({ shape: a.shape, values: a.values.map((v, i) => v + b.values[i]) });

/** A number for each channel is added. */
export const addBias = (x: Wide, bias: Wide): Wide => ({
  shape: x.shape,
  values: x.values.map((v, i) => v + bias.values[i % bias.values.length]),
});

/** A function of each row of the last axis. */
export function byRow(x: Wide, f: (row: Float64Array) => ArrayLike<number>): Wide {
  const length = x.shape.at(-1)!;
  const result = zeros(...x.shape);
  for (let at = 0; at < x.values.length; at += length) result.values.set(f(x.values.subarray(at, at + length)), at);
  return result;
}

/** exp(row) / sum(exp(row)) */
export function softmax(row: Float64Array): Float64Array {
  const largest = Math.max(...row);
  const powers = row.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

export const scalar = (value: number): Wide => ({ shape: [], values: Float64Array.of(value) });

/**
 * The derivative of sum(f(inputs) * dy) with respect to one number of one input, by a central difference. Smooth
 * functions lose about `step` squared; kinks (ReLU, maxima) matter only closer than that.
 */
export function slope(
  f: (...inputs: Wide[]) => Wide,
  inputs: readonly Wide[],
  dy: Float32Array,
  input: number,
  at: number,
  step = 1e-6,
): number {
  const loss = (change: number) => {
    const moved = inputs.map((wide, i) => {
      return i === input ? { shape: wide.shape, values: wide.values.with(at, wide.values[at] + change) } : wide;
    });
    return f(...moved).values.reduce((sum, value, i) => sum + value * dy[i], 0);
  };
  return (loss(step) - loss(-step)) / (2 * step);
}
