import type { Dataset } from "../dataset/mod.ts";
import type { ImageTable } from "./experiments/job.ts";

/**
 * These images of a data set, once, in memory that threads share: experiments that train at the same time have their
 * own copies of the parts they use, but none of the whole.
 *
 * @param indices Each once.
 * @param size Height and width in pixels.
 */
export async function imageTable(dataset: Dataset, indices: readonly number[], size: number): Promise<ImageTable> {
  const read = await dataset.pixels(indices, { size });
  const pixels = new Uint8Array(new SharedArrayBuffer(read.length));
  pixels.set(read);
  return {
    fingerprint: dataset.fingerprint,
    indices: Int32Array.from(indices),
    pixels,
    labels: dataset.labels(indices),
    size,
    classes: dataset.classes.length,
  };
}
