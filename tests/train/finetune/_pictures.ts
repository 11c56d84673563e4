import { Dataset, type Fold } from "../../../lib/dataset/mod.ts";
import { Random } from "../../../lib/stats/mod.ts";
import type { TunableImages } from "../../../lib/train/mod.ts";

/** Pictures of two classes: noise with stripes, upright or lying. Averages of colours say nothing about them. */
export function stripes(n: number, size: number): TunableImages & { readonly asked: number[] } {
  const asked: number[] = [];
  const labelOf = (i: number) => i % 2;
  const images = {
    name: "stripes",
    classes: ["lying", "upright"],
    development: Array.from({ length: n }, (_, i) => i),
    records: Array.from({ length: n }, (_, i) => ({ hash: `stripes ${i}`, label: labelOf(i) })),
    labels: (indices: readonly number[]) => Int32Array.from(indices, labelOf),
    innerPart: (fold: Fold) => fold.train.slice(0, Math.floor(fold.train.length / 5)),
    pixels(indices: readonly number[]) {
      asked.push(...indices);
      const pixels = new Uint8Array(indices.length * size * size * 3);
      indices.forEach((image, row) => {
        const random = new Random(`stripes ${image}`);
        const phase = random.integer(4);
        for (let y = 0; y < size; y++) {
          for (let x = 0; x < size; x++) {
            const along = labelOf(image) ? x : y;
            const value = 100 + 60 * Number((along + phase) % 4 < 2) + 20 * random.normal();
            pixels.fill(
              Math.max(0, Math.min(255, value)),
              ((row * size + y) * size + x) * 3,
              ((row * size + y) * size + x) * 3 + 3,
            );
          }
        }
      });
      return Promise.resolve(pixels);
    },
    asked,
  };
  return images as unknown as TunableImages & { readonly asked: number[] };
}

/** Every image of `validation` once, the others to train on. */
export function foldOf(images: Pick<Dataset, "development">, validation: readonly number[]): Fold {
  const held = new Set(validation);
  const train = images.development.filter((i) => !held.has(i));
  return { train, validation, by: "image", index: 0, of: 1, seed: 1 };
}
