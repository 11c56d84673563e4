import type { FeatureSource } from "../model/mod.ts";
import { type DecodableImages, type FeatureOptions, features, type ImageFeatures } from "./features.ts";

/**
 * The same network looking at each image twice, as it is and mirrored: features are the mean of the two. It takes twice
 * as long, and what a mirror would change (letters, hands) is lost.
 */
export function mirrored(source: FeatureSource): FeatureSource {
  const mirror = mirrorImage(source);
  return {
    name: source.name,
    version: `${source.version}; mean with mirror image`,
    size: source.size,
    dimensions: source.dimensions,
    async features(pixels, n) {
      return mean(await source.features(pixels, n), await mirror.features(pixels, n));
    },
  };
}

/**
 * The same for the development images of a data set, out of features of the images as they are and of their mirror
 * images: each is kept on disk, so that whoever wants the first alone finds it.
 *
 * @throws Interrupted, FileError, BackboneError as {@link features} does.
 */
export async function mirroredFeatures(
  images: DecodableImages,
  source: FeatureSource,
  options: FeatureOptions = {},
): Promise<ImageFeatures> {
  const plain = await features(images, source, options);
  const mirror = await features(images, mirrorImage(source), options);
  return { ...plain, values: mean(plain.values, mirror.values) };
}

function mirrorImage({ name, version, size, dimensions, ...source }: FeatureSource): FeatureSource {
  return {
    name,
    version: `${version}; mirror image`,
    size,
    dimensions,
    features: (pixels, n) => source.features(flipped(pixels, size), n),
  };
}

function mean(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, j) => (value + b[j]) / 2);
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
