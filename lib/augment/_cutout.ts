import type { Random } from "../stats/mod.ts";

/** Covers a square of `side` (a share of the size) of [size, size, 3] values from `at` on, in place. */
export function cutout(values: Float32Array, at: number, size: number, side: number, random: Random): void {
  const half = side * size / 2;
  const within = (
    centre: number,
  ) => [Math.max(0, Math.round(centre - half)), Math.min(size, Math.round(centre + half))];
  const [left, right] = within(random.next() * size);
  const [top, bottom] = within(random.next() * size);
  const pixels = size * size;
  for (let channel = 0; channel < 3; channel++) {
    let sum = 0;
    for (let i = 0; i < pixels; i++) sum += values[at + i * 3 + channel];
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) values[at + (y * size + x) * 3 + channel] = sum / pixels;
    }
  }
}
