import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { progress } from "../../display/mod.ts";
import { cacheRoot, writeWhole } from "../../files/mod.ts";
import { ingest } from "../_ingest.ts";
import { PixelCache } from "../_pixel_cache.ts";
import { forEachBounded } from "../_pool.ts";
import type { Dataset } from "../dataset.ts";
import { DatasetError } from "../errors.ts";
import type { ImageRecord, OnProgress } from "../types.ts";
import { drawIcon, toPng } from "./_icons.ts";
import { sampleFolder } from "./build.ts";
import { parseRecipe, readRecipe, type RecipeRow } from "./recipe.ts";

/** An image that may be added to the sample's training images. Its emoji is never one of the test set. */
export interface ReserveImage {
  /** Index into `Dataset.classes`. */
  readonly label: number;
  /** The emoji. */
  readonly group: string;
  readonly style: string;
  /** Whether the sample has other drawings of this emoji. */
  readonly known: boolean;
  /** Below the folder that it is drawn into. */
  readonly path: string;
}

/**
 * What may be added to the sample, in the order of its recipe: other styles of emoji that it has, and emoji that it has
 * not. Null for any other data set: nobody has kept images of those back.
 */
export async function sampleReserve(dataset: Dataset): Promise<ReserveImage[] | null> {
  if (!dataset.isOf(sampleFolder())) return null;
  const rows = parseRecipe(await readRecipe());
  const known = new Set(rows.filter(({ split }) => split === "train").map(({ emoji }) => emoji));
  return rows.filter(({ split }) => split === "reserve").map((row) => ({
    label: dataset.classes.indexOf(row.class),
    group: row.emoji,
    style: row.style,
    known: known.has(row.emoji),
    path: row.file,
  }));
}

/**
 * The sample with images of its reserve, which come after its own. They are drawn when they are first asked for, and
 * kept; the sample's own folder stays as it is.
 *
 * @param chosen Of {@link sampleReserve}.
 * @param onProgress Told how many are drawn, of those that are not there yet. By default a progress display.
 * @returns The data set, and the index in it of each chosen image.
 * @throws DatasetError where the data set is not the sample, or an image not of its reserve.
 * @throws FileError where they cannot be written.
 */
export async function withReserve(
  dataset: Dataset,
  chosen: readonly ReserveImage[],
  onProgress?: OnProgress,
): Promise<{ readonly images: Dataset; readonly added: readonly number[] }> {
  if (!dataset.isOf(sampleFolder())) {
    throw new DatasetError(`Cannot add a reserve to "${dataset.name}": only the sample emoji16 has one`);
  }
  const recipe = await readRecipe();
  const rows = new Map(
    parseRecipe(recipe).filter(({ split }) => split === "reserve").map((row) => [row.file, row]),
  );
  const wanted = chosen.map(({ path }) => {
    const row = rows.get(path);
    if (row === undefined) throw new DatasetError(`Cannot add "${path}" to the sample: it is not in its reserve`);
    return row;
  });
  // Another recipe draws into another folder: nothing old is ever taken for new.
  const version = createHash("sha256").update(recipe).digest("hex").slice(0, 12);
  const folder = join(cacheRoot(), "sample", `emoji16-reserve-${version}`);
  await drawMissing(folder, wanted, onProgress);
  const cache = new PixelCache();
  try {
    const read = await ingest(folder, wanted.map(({ file }) => file), dataset.size, cache, () => {});
    const records = chosen.map(({ label, group, path }, i): ImageRecord => {
      const result = read[i];
      if ("reason" in result) throw new DatasetError(`Cannot read "${join(folder, path)}": ${result.reason}`);
      return { path, label, group, part: "train", ...result };
    });
    const first = dataset.records.length;
    return { images: dataset.extended(folder, records), added: chosen.map((_, i) => first + i) };
  } finally {
    await cache.close();
  }
}

async function drawMissing(folder: string, rows: readonly RecipeRow[], onProgress?: OnProgress): Promise<void> {
  const there = await Promise.all(rows.map(({ file }) => Deno.lstat(join(folder, file)).then(() => true, () => false)));
  const missing = rows.filter((_, i) => !there[i]);
  if (missing.length === 0) return;
  const bar = onProgress ? null : progress({ label: "Drawing from the sample's reserve", total: missing.length });
  let done = 0;
  try {
    await forEachBounded(missing, availableParallelism() + 1, async ({ style, emoji, file }) => {
      await writeWhole(join(folder, file), await toPng(await drawIcon(style, emoji)));
      done++;
      bar?.update(done);
      onProgress?.(done, missing.length);
    });
  } finally {
    await bar?.finish();
  }
}
