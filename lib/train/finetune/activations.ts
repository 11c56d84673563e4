import { decoder } from "../../dataset/mod.ts";
import { onInterrupt, progress } from "../../display/mod.ts";
import * as engine from "../../engine/mod.ts";
import type { Tail } from "../../model/mod.ts";
import { breathe } from "../_breathe.ts";
import { FeatureStore } from "../_feature_store.ts";
import { Interrupted } from "../_loop.ts";
import type { DecodableImages, FeatureOptions } from "../features.ts";

/** What the frozen front of a network makes of images. */
export interface Activations {
  /** [n, width] as half floats, row by row, in the order of the images asked for. */
  readonly values: Float16Array;
  /** The same of the mirrored images; null where they were not asked for. */
  readonly mirrored: Float16Array | null;
  /** Numbers per image: those of the cut, then those for the head alone. */
  readonly width: number;
}

const CHUNK = 32;

/**
 * What the front of `tail` makes of these images and of their mirror images, on the current engine. Each is computed once
 * and kept on disk by the content of its file, in half precision: 12 kB an image for the last block of the bundled
 * network, where the pixels would be 150.
 *
 * @param images Development images: indices into the data set's records.
 * @throws Interrupted when the person stopped it; what was computed is kept.
 * @throws FileError where they cannot be kept.
 */
export async function activations(
  dataset: DecodableImages,
  tail: Tail,
  images: readonly number[],
  { mirror, onProgress }: FeatureOptions & { readonly mirror: boolean },
): Promise<Activations> {
  const { size, cut, fixed } = tail;
  const width = cut[0] * cut[1] * cut[2] + fixed;
  const sides = mirror ? 2 : 1;
  const source = JSON.stringify(["cut 1", tail.backbone, tail.version, engine.current().label, decoder]);
  using store = new FeatureStore(source, Math.ceil(width / 2));
  const parts = Array.from({ length: sides }, () => new Float16Array(images.length * width));
  const missing: number[] = [];
  for (const [row, image] of images.entries()) {
    const kept = parts.map((_, side) => store.load(keyOf(dataset.records[image].hash, side)));
    if (kept.some((one) => one === null)) missing.push(row);
    else kept.forEach((one, side) => parts[side].set(new Float16Array(one!.buffer, 0, width), row * width));
  }
  if (missing.length > 0) {
    using stop = onInterrupt();
    const label = `The frozen part of ${tail.backbone} on ${dataset.name}`;
    const bar = onProgress ? null : progress({ label, total: missing.length });
    try {
      for (let start = 0; start < missing.length; start += CHUNK) {
        const rows = missing.slice(start, start + CHUNK);
        const pixels = await dataset.pixels(rows.map((row) => images[row]), { size, keep: false });
        const hashes = rows.map((row) => dataset.records[images[row]].hash);
        for (let side = 0; side < sides; side++) {
          const seen = side === 0 ? pixels : mirroredPixels(pixels, size);
          const computed = await tail.front(seen, rows.length);
          const packed = new Float32Array(rows.length * Math.ceil(width / 2));
          const halves = new Float16Array(packed.buffer);
          rows.forEach((row, i) => {
            const values = Float16Array.from(computed.subarray(i * width, (i + 1) * width));
            halves.set(values, i * 2 * Math.ceil(width / 2));
            parts[side].set(values, row * width);
          });
          store.save(hashes.map((hash) => keyOf(hash, side)), packed);
          await breathe();
        }
        const done = start + rows.length;
        bar?.update(done);
        onProgress?.(done, missing.length);
        if (stop.stopRequested() && done < missing.length) {
          throw new Interrupted(
            `Stopped after ${done} of ${missing.length} images; what the frozen part made of them is kept, so running ` +
              `this again goes on from there`,
          );
        }
      }
    } finally {
      await bar?.finish();
    }
  }
  return { values: parts[0], mirrored: parts[1] ?? null, width };
}

function keyOf(hash: string, side: number): string {
  return side === 0 ? hash : `${hash} mirrored`;
}

/** Images [n, size, size, 3], left and right exchanged. */
function mirroredPixels(pixels: Uint8Array, size: number): Uint8Array {
  const mirrored = new Uint8Array(pixels.length);
  for (let row = 0; row < pixels.length; row += size * 3) {
    for (let x = 0; x < size; x++) {
      const from = row + x * 3, to = row + (size - 1 - x) * 3;
      mirrored[to] = pixels[from];
      mirrored[to + 1] = pixels[from + 1];
      mirrored[to + 2] = pixels[from + 2];
    }
  }
  return mirrored;
}
