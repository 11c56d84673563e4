import type { Random } from "../stats/mod.ts";
import type { AugmentationPolicy } from "./types.ts";

/**
 * Varies a batch of images, each by its own draw.
 *
 * @param images [n, size, size, 3], any value range. Not changed.
 * @returns A new array of the same shape.
 */
export function augment(images: Float32Array, size: number, policy: AugmentationPolicy, random: Random): Float32Array {
  const varied = new Float32Array(images.length);
  const stride = size * size * 3;
  const reach = Math.round(policy.shift * size);
  for (let start = 0; start < images.length; start += stride) {
    const mirrored = policy.flip && random.next() < 0.5;
    const dx = reach > 0 ? random.integer(2 * reach + 1) - reach : 0;
    const dy = reach > 0 ? random.integer(2 * reach + 1) - reach : 0;
    for (let y = 0, to = start; y < size; y++) {
      const row = start + clamp(y + dy, size) * size * 3;
      for (let x = 0; x < size; x++, to += 3) {
        const column = clamp(x + dx, size);
        const from = row + (mirrored ? size - 1 - column : column) * 3;
        varied[to] = images[from];
        varied[to + 1] = images[from + 1];
        varied[to + 2] = images[from + 2];
      }
    }
  }
  return varied;
}

function clamp(position: number, size: number): number {
  return position < 0 ? 0 : position >= size ? size - 1 : position;
}
