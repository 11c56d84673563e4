import { createHash } from "node:crypto";
import type { Dataset } from "../../dataset/mod.ts";

/** Training and validation images with the same pixels. */
export interface Copies {
  /** One image of each picture that is there more than once in its class, to keep; and the others. */
  readonly spare: ReadonlySet<number>;
  /** Images whose picture is there with another label, too. */
  readonly contradicted: ReadonlySet<number>;
}

/** Images whose pixels are in memory at a time. */
const CHUNK = 256;

/** Finds equal pictures at the working size, as the audit does, among the images that are not sealed. */
export async function copiesIn(dataset: Dataset): Promise<Copies> {
  const { development, records, size } = dataset;
  const byContent = new Map<string, number[]>();
  const length = size * size * 3;
  for (let first = 0; first < development.length; first += CHUNK) {
    const chunk = development.slice(first, first + CHUNK);
    const pixels = await dataset.pixels(chunk);
    chunk.forEach((image, i) => {
      const digest = createHash("sha256").update(pixels.subarray(i * length, (i + 1) * length)).digest("hex");
      byContent.set(digest, [...byContent.get(digest) ?? [], image]);
    });
  }
  const spare = new Set<number>(), contradicted = new Set<number>();
  for (const images of byContent.values()) {
    const kept = new Set<number>();
    for (const image of images) {
      const { label } = records[image];
      if (kept.has(label)) spare.add(image);
      kept.add(label);
    }
    if (kept.size > 1) { for (const image of images) contradicted.add(image); }
  }
  return { spare, contradicted };
}
