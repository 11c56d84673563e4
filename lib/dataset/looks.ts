import type { Dataset } from "./dataset.ts";
import { Resizer } from "./_resize.ts";

/** Side of the small pictures that an audit compares. */
export const LOOK = 32;
/** Bytes of one. */
export const LOOK_LENGTH = LOOK * LOOK * 3;

/** Bytes of decoded pixels in memory at a time. */
const CHUNK_BYTES = 16_000_000;

/**
 * A small picture of every image, sealed ones included, for what an audit compares without labels: RGB bytes
 * [n, 32, 32, 3] in the order of `Dataset.records`. 20,000 images take 61 MB.
 */
export type Looks = Uint8Array;

/**
 * Reads all images once, some hundred at a time.
 *
 * @param opened What `dataset.test.open()` returned.
 * @param each Called with every image's pixels at the working size while they are in memory.
 */
export async function looksOf(
  dataset: Dataset,
  opened: readonly number[],
  each: (image: number, pixels: Uint8Array) => void,
  onProgress: (done: number) => void,
): Promise<Looks> {
  const looks = new Uint8Array(dataset.records.length * LOOK_LENGTH);
  const resizer = new Resizer(dataset.size, LOOK);
  const length = dataset.size ** 2 * 3;
  const step = Math.max(1, Math.floor(CHUNK_BYTES / length));
  let done = 0;
  for (const indices of [dataset.development, opened]) {
    for (let first = 0; first < indices.length; first += step) {
      const chunk = indices.slice(first, first + step);
      const pixels = await dataset.pixels(chunk, { opened });
      for (const [i, image] of chunk.entries()) {
        const own = pixels.subarray(i * length, (i + 1) * length);
        resizer.resize(own, looks.subarray(image * LOOK_LENGTH, (image + 1) * LOOK_LENGTH));
        each(image, own);
      }
      done += chunk.length;
      onProgress(done);
    }
  }
  return looks;
}
