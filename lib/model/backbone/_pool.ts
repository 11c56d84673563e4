import type { RawMap } from "./_network.ts";
import type { Pooling } from "./types.ts";

/** Numbers that a pooling makes of each channel. */
export const POOLED_LENGTH: Readonly<Record<Pooling, number>> = { "average": 1, "max": 1, "average-2x2": 4 };

/**
 * Writes what a pooling makes of one image's map, scaled to length 1, so that no part of a row outweighs another.
 *
 * @param image Which of the map's images.
 * @param row Takes `POOLED_LENGTH` x channels numbers.
 */
export function pool(map: RawMap, image: number, pooling: Pooling, row: Float32Array): void {
  const { height, width, channels } = map;
  if (pooling === "max") {
    over(map, image, [0, height, 0, width], row, Math.max, -Infinity);
  } else if (pooling === "average") {
    average(map, image, [0, height, 0, width], row);
  } else {
    // Quarters overlap in the middle where the number of rows is odd; a map of one pixel is four times itself.
    const [down, right] = [Math.ceil(height / 2), Math.ceil(width / 2)];
    const windows: Window[] = [
      [0, down, 0, right],
      [0, down, width - right, width],
      [height - down, height, 0, right],
      [height - down, height, width - right, width],
    ];
    windows.forEach((window, i) => average(map, image, window, row.subarray(i * channels, (i + 1) * channels)));
  }
  let square = 0;
  for (const value of row) square += value * value;
  const scale = 1 / (Math.sqrt(square) + 1e-12);
  for (let i = 0; i < row.length; i++) row[i] *= scale;
}

/** First row, last row + 1, first column, last column + 1. */
type Window = readonly [number, number, number, number];

function average(map: RawMap, image: number, window: Window, row: Float32Array): void {
  over(map, image, window, row, (a, b) => a + b, 0);
  const pixels = (window[1] - window[0]) * (window[3] - window[2]);
  for (let i = 0; i < row.length; i++) row[i] /= pixels;
}

function over(
  { height, width, channels, channelsFirst, values }: RawMap,
  image: number,
  [top, bottom, left, right]: Window,
  row: Float32Array,
  combine: (a: number, b: number) => number,
  initial: number,
): void {
  const base = image * height * width * channels;
  if (channelsFirst) {
    for (let c = 0; c < channels; c++) {
      let result = initial;
      for (let y = top; y < bottom; y++) {
        const line = base + (c * height + y) * width;
        for (let x = left; x < right; x++) result = combine(result, values[line + x]);
      }
      row[c] = result;
    }
    return;
  }
  const sums = new Float64Array(channels).fill(initial);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = base + (y * width + x) * channels;
      for (let c = 0; c < channels; c++) sums[c] = combine(sums[c], values[at + c]);
    }
  }
  row.set(sums);
}
