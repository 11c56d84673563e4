import type { FeatureSource } from "../model/mod.ts";

/**
 * The same network looking at each image twice, as it is and mirrored: features are the mean of the two. It takes twice
 * as long, and what a mirror would change (letters, hands) is lost.
 */
export function mirrored(source: FeatureSource): FeatureSource {
  const { name, version, size, dimensions } = source;
  return {
    name,
    version: `${version}; mean with mirror image`,
    size,
    dimensions,
    async features(pixels, n) {
      const values = await source.features(pixels, n);
      const others = await source.features(flipped(pixels, size), n);
      return values.map((value, j) => (value + others[j]) / 2);
    },
  };
}

/** RGB pictures [n, size, size, 3] with left and right exchanged. */
function flipped(pixels: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(pixels.length);
  const line = size * 3;
  for (let start = 0; start < pixels.length; start += line) {
    for (let x = 0; x < line; x += 3) {
      const from = start + x, to = start + line - 3 - x;
      out[to] = pixels[from];
      out[to + 1] = pixels[from + 1];
      out[to + 2] = pixels[from + 2];
    }
  }
  return out;
}
