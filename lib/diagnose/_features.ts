import type { ReadableImages } from "./images.ts";
import { pause } from "./_pause.ts";

/** Shades told apart per colour channel. Four make 64 colours, few enough for some hundred images. */
const SHADES = 4;
export const COLOURS = SHADES ** 3;

/** Side of the little pictures that nearest neighbours are looked for among. */
export const THUMBNAIL = 16;
export const THUMBNAIL_LENGTH = THUMBNAIL * THUMBNAIL * 3;

/** What the simple baselines see of the images, row by row, in the order of `images`. */
export interface Features {
  /** Indices into the data set's records. */
  readonly images: readonly number[];
  /** Square roots of the shares of 64 colours [n, 64]: rows of length 1, whose distance is Hellinger's. */
  readonly colours: Float32Array;
  /** Pixels at 16x16 [n, 768]. */
  readonly thumbnails: Uint8Array;
}

/** Reads the images once, a few hundred at a time. */
export async function features(dataset: ReadableImages, images: readonly number[]): Promise<Features> {
  const colours = new Float32Array(images.length * COLOURS);
  const thumbnails = new Uint8Array(images.length * THUMBNAIL_LENGTH);
  const stride = dataset.size ** 2 * 3;
  const chunk = Math.max(1, Math.floor(8_000_000 / stride)); // at most 8 MB of pixels at a time
  for (let start = 0; start < images.length; start += chunk) {
    const rows = images.slice(start, start + chunk);
    const pixels = await dataset.pixels(rows);
    for (let i = 0; i < rows.length; i++) {
      const picture = pixels.subarray(i * stride, (i + 1) * stride);
      colourHistogram(picture, colours.subarray((start + i) * COLOURS, (start + i + 1) * COLOURS));
      const to = (start + i) * THUMBNAIL_LENGTH;
      shrink(picture, dataset.size, THUMBNAIL, thumbnails.subarray(to, to + THUMBNAIL_LENGTH));
    }
    await pause();
  }
  return { images, colours, thumbnails };
}

/** Writes the square root of each colour's share of the RGB `pixels` into `out` [64]. */
export function colourHistogram(pixels: Uint8Array, out: Float32Array): void {
  const shade = 256 / SHADES;
  for (let p = 0; p < pixels.length; p += 3) {
    const red = Math.floor(pixels[p] / shade), green = Math.floor(pixels[p + 1] / shade);
    out[(red * SHADES + green) * SHADES + Math.floor(pixels[p + 2] / shade)]++;
  }
  for (let colour = 0; colour < out.length; colour++) out[colour] = Math.sqrt(3 * out[colour] / pixels.length);
}

/** Writes an RGB picture [from, from, 3] at the size `to` into `out`, each pixel the mean of the area it covers. */
export function shrink(pixels: Uint8Array, from: number, to: number, out: Uint8Array): void {
  const scale = from / to;
  for (let y = 0; y < to; y++) {
    for (let x = 0; x < to; x++) {
      const sums = [0, 0, 0];
      const top = y * scale, left = x * scale;
      for (let row = Math.floor(top); row < Math.min(from, top + scale); row++) {
        const height = Math.min(row + 1, top + scale) - Math.max(row, top);
        for (let column = Math.floor(left); column < Math.min(from, left + scale); column++) {
          const area = height * (Math.min(column + 1, left + scale) - Math.max(column, left));
          for (let c = 0; c < 3; c++) sums[c] += area * pixels[(row * from + column) * 3 + c];
        }
      }
      for (let c = 0; c < 3; c++) out[(y * to + x) * 3 + c] = Math.round(sums[c] / scale ** 2);
    }
  }
}
