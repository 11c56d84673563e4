import { ImageGrid } from "../display/mod.ts";
import { Random } from "../stats/mod.ts";
import type { Dataset } from "./dataset.ts";

/** Pixels of a picture in the grid: sharp enough for screens with two pixels to a point. */
const THUMBNAIL = 128;

/**
 * A few development images of every class, one row each, drawn by seed. Images of the same group come only when a class
 * has too few groups: seven drawings of one apple would say little about fruit.
 *
 * @param options `perClass`: 8 by default. `seed`: 1 by default.
 */
export async function imageGrid(
  dataset: Dataset,
  { perClass = 8, seed = 1 }: { readonly perClass?: number; readonly seed?: number } = {},
): Promise<ImageGrid> {
  const random = new Random(`${seed}/grid`);
  const byClass: number[][] = dataset.classes.map(() => []);
  for (const i of random.shuffled(dataset.development)) byClass[dataset.records[i].label].push(i);
  const rows = [];
  for (const [label, name] of dataset.classes.entries()) {
    const images = await Promise.all(
      distinctGroupsFirst(dataset, byClass[label]).slice(0, perClass).map(async (i) => ({
        src: await dataset.thumbnail(i, THUMBNAIL),
        mime: "image/jpeg" as const,
        alt: `${name}: ${dataset.records[i].path}`,
      })),
    );
    rows.push({ label: name, images });
  }
  return new ImageGrid({
    title: `Images of ${dataset.name}, class by class`,
    alt: `Up to ${perClass} training or validation images of each of the ${dataset.classes.length} classes, ` +
      `drawn at random`,
    rows,
  });
}

function distinctGroupsFirst({ records }: Dataset, indices: readonly number[]): number[] {
  const seen = new Set<string>();
  const first: number[] = [];
  const later: number[] = [];
  for (const i of indices) {
    (seen.has(records[i].group) ? later : first).push(i);
    seen.add(records[i].group);
  }
  return [...first, ...later];
}
