import { decoder } from "../dataset/mod.ts";
import { onInterrupt, progress } from "../display/mod.ts";
import * as engine from "../engine/mod.ts";
import type { FeatureSource } from "../model/mod.ts";
import { breathe } from "./_breathe.ts";
import { FeatureStore } from "./_feature_store.ts";
import { Interrupted } from "./_loop.ts";

/** What a backbone makes of images. */
export interface ImageFeatures {
  /** Name of the backbone. */
  readonly backbone: string;
  /** Indices into the data set's records. */
  readonly images: readonly number[];
  /** [n, D], row by row, in the order of `images`. */
  readonly values: Float32Array;
  /** Numbers per image, D. */
  readonly dimensions: number;
}

/** Images that features are made of; `Dataset` of `lib/dataset` is one. */
export interface DecodableImages {
  readonly name: string;
  /** Indices of the images that are not in the sealed test set. */
  readonly development: readonly number[];
  readonly records: readonly { readonly hash: string }[];
  /** RGB bytes [indices.length, size, size, 3]. */
  pixels(indices: readonly number[], options: { readonly size: number; readonly keep: boolean }): Promise<Uint8Array>;
}

/** How features are made. */
export interface FeatureOptions {
  /** Told how many images are done, of those whose features are not there yet. By default a progress display. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Images that are decoded, computed and kept together: some 5 MB of pixels, and a fraction of a second. */
const CHUNK = 32;

/**
 * What `backbone` makes of the development images, on the current engine. The sealed test set is not touched.
 *
 * Each image is computed once: its features are kept on disk by the content of its file, so that other labels, other
 * folds and copies of a data set cost nothing. The decoded pixels are not kept: nobody else needs them at this size, and
 * they take 20 times the room.
 *
 * @throws Interrupted when the person stopped it; what was computed is kept.
 * @throws FileError where the features cannot be kept.
 * @throws BackboneError where the backbone's weights cannot be read.
 */
export async function features(
  images: DecodableImages,
  backbone: FeatureSource,
  options: FeatureOptions = {},
): Promise<ImageFeatures> {
  const { development, records } = images;
  const { name, version, size, dimensions } = backbone;
  const values = new Float32Array(development.length * dimensions);
  const source = JSON.stringify([name, version, engine.current().label, decoder]);
  using store = new FeatureStore(source, dimensions);
  const missing: number[] = [];
  for (const [row, image] of development.entries()) {
    const kept = store.load(records[image].hash);
    if (kept) values.set(kept, row * dimensions);
    else missing.push(row);
  }
  if (missing.length > 0) {
    using stop = onInterrupt();
    const bar = options.onProgress ? null : progress({ label: `Looking at ${images.name}`, total: missing.length });
    try {
      for (let start = 0; start < missing.length; start += CHUNK) {
        const rows = missing.slice(start, start + CHUNK);
        const pixels = await images.pixels(rows.map((row) => development[row]), { size, keep: false });
        const computed = await backbone.features(pixels, rows.length);
        store.save(rows.map((row) => records[development[row]].hash), computed);
        rows.forEach((row, i) => {
          values.set(computed.subarray(i * dimensions, (i + 1) * dimensions), row * dimensions);
        });
        const done = start + rows.length;
        bar?.update(done);
        options.onProgress?.(done, missing.length);
        await breathe();
        if (stop.stopRequested() && done < missing.length) {
          throw new Interrupted(
            `Stopped after the features of ${done} of ${missing.length} images; they are kept, so running this again ` +
              `goes on from there`,
          );
        }
      }
    } finally {
      await bar?.finish();
    }
  }
  return { backbone: name, images: development, values, dimensions };
}
