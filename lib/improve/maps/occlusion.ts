import type { HeatMap } from "./heat_map.ts";

/** Any classifier: probabilities [n, K] of pictures, RGB bytes [n, size, size, 3]. */
export type Classifier = (pixels: Uint8Array, n: number) => Promise<ArrayLike<number>>;

/** How an image is covered. */
export interface OcclusionOptions {
  /** Height and width of the image, in pixels. */
  readonly size: number;
  /** Patches along a side; 7 by default. */
  readonly cells?: number;
}

/**
 * Where in an image any classifier sees classes: by how much the probability of each falls when a patch is covered with
 * the image's mean colour (Zeiler and Fergus 2014). It takes `cells`² + 1 predictions.
 *
 * @param pixels RGB bytes [size, size, 3].
 * @param labels The classes.
 * @returns One map for each of `labels`.
 * @throws RangeError where the pixels are not of one image, or it has fewer pixels than patches.
 *
 * Zeiler and Fergus (2014), Visualizing and understanding convolutional networks. ECCV 2014, 818–833.
 */
export async function occlusion(
  classify: Classifier,
  pixels: Uint8Array,
  labels: readonly number[],
  { size, cells = 7 }: OcclusionOptions,
): Promise<HeatMap[]> {
  if (pixels.length !== size * size * 3) {
    throw new RangeError(`Cannot cover an image: ${size} x ${size} x 3 bytes are needed, got ${pixels.length}`);
  }
  if (!(Number.isInteger(cells) && cells >= 1 && cells <= size)) {
    throw new RangeError(`Cannot cover an image: cells must be a whole number from 1 to ${size}, got ${cells}`);
  }
  const mean = [0, 0, 0];
  for (let i = 0; i < pixels.length; i++) mean[i % 3] += pixels[i] * 3 / pixels.length;
  const n = cells * cells + 1;
  const all = new Uint8Array(n * pixels.length);
  for (let patch = 0; patch < n; patch++) {
    const image = all.subarray(patch * pixels.length, (patch + 1) * pixels.length);
    image.set(pixels);
    if (patch === n - 1) continue; // the last one stays as it is
    const [top, bottom] = edges(Math.floor(patch / cells), cells, size);
    const [left, right] = edges(patch % cells, cells, size);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) image.set(mean, (y * size + x) * 3);
    }
  }
  const probabilities = await classify(all, n);
  const K = probabilities.length / n;
  return labels.map((label) => ({
    height: cells,
    width: cells,
    values: Float32Array.from(
      { length: n - 1 },
      (_, patch) => probabilities[(n - 1) * K + label] - probabilities[patch * K + label],
    ),
  }));
}

function edges(cell: number, cells: number, size: number): [number, number] {
  return [Math.round(cell * size / cells), Math.round((cell + 1) * size / cells)];
}
