import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { cacheRoot, FileError, sweep, temporaryName } from "../../files/mod.ts";
import { forEachBounded } from "../_pool.ts";
import { DatasetError, reasonOf } from "../errors.ts";
import type { OnProgress } from "../types.ts";
import { drawIcon, toPng } from "./_icons.ts";
import { checksumOf, parseRecipe, readRecipe, recipeFolder, type RecipeRow } from "./recipe.ts";

/** What was built. */
export interface SampleSummary {
  readonly folder: string;
  readonly classes: number;
  readonly train: number;
  readonly test: number;
  /** Images that `reserve.csv` lists; they are not drawn yet. */
  readonly reserve: number;
  /** Files whose pixels are not those of the recipe: another version of sharp draws a little differently. */
  readonly different: readonly string[];
}

/** Says which recipe a folder was built from, and that it is ours to replace. */
const MARKER = ".recipe";

/**
 * Builds the sample `emoji16` (see `data/emoji16/README.md`): 1,100 PNG files of 224x224 pixels below `train/` and
 * `test/`, `metadata.csv` with their labels, groups and parts, and `reserve.csv` with the images that may be added to the
 * training part later. The folder appears whole or not at all; one that was built before is replaced.
 *
 * @throws DatasetError where something else lies in `folder`.
 * @throws FileError where it cannot be written.
 */
export async function buildSample(
  folder: string,
  { onProgress = () => {} }: { readonly onProgress?: OnProgress } = {},
): Promise<SampleSummary> {
  await mustBeReplaceable(folder);
  const text = await readRecipe();
  const recipe = parseRecipe(text);
  const images = recipe.filter(({ split }) => split !== "reserve");
  const reserve = recipe.filter(({ split }) => split === "reserve");
  const temporary = temporaryName(folder);
  try {
    await Deno.mkdir(dirname(folder), { recursive: true });
    await sweep(dirname(folder));
    const different = await drawAll(temporary, images, onProgress);
    await Deno.writeTextFile(join(temporary, "metadata.csv"), metadata(images));
    await Deno.writeTextFile(join(temporary, "reserve.csv"), metadata(reserve));
    await Deno.copyFile(join(recipeFolder(), "README.md"), join(temporary, "README.md"));
    await Deno.writeTextFile(join(temporary, MARKER), digest(text));
    await replace(folder, temporary);
    const count = (split: RecipeRow["split"]) => recipe.filter((row) => row.split === split).length;
    return {
      folder,
      classes: new Set(recipe.map((row) => row.class)).size,
      train: count("train"),
      test: count("test"),
      reserve: reserve.length,
      different,
    };
  } catch (error) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    if (!isFileSystemError(error)) throw error;
    throw new FileError(`Cannot build the sample in "${folder}": ${reasonOf(error)}`, { cause: error });
  }
}

/** Where the sample is built for those who name no folder. */
export function sampleFolder(): string {
  return join(cacheRoot(), "sample", "emoji16");
}

/** Whether the folder holds the sample, whole, and of the recipe as it is now. */
export async function isCurrentSample(folder: string): Promise<boolean> {
  const marker = await Deno.readTextFile(join(folder, MARKER)).catch(() => null);
  return marker !== null && marker === digest(await readRecipe());
}

async function drawAll(folder: string, images: readonly RecipeRow[], onProgress: OnProgress): Promise<string[]> {
  for (const parent of new Set(images.map(({ file }) => dirname(file)))) {
    await Deno.mkdir(join(folder, parent), { recursive: true });
  }
  const different: string[] = [];
  let done = 0;
  await forEachBounded(images, availableParallelism() + 1, async ({ style, emoji, file, checksum }) => {
    const pixels = await drawIcon(style, emoji);
    if (checksumOf(pixels) !== checksum) different.push(file);
    await Deno.writeFile(join(folder, file), await toPng(pixels));
    onProgress(++done, images.length);
  });
  return different.sort();
}

/** Names in the recipe are plain words: nothing to quote. */
function metadata(rows: readonly RecipeRow[]): string {
  const lines = rows.map(({ file, class: label, emoji, split, style }) => [file, label, emoji, split, style].join(","));
  return ["file_name,label,group,split,style", ...lines, ""].join("\n");
}

async function mustBeReplaceable(folder: string): Promise<void> {
  try {
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    if (names.length === 0 || names.includes(MARKER)) return;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new FileError(`Cannot build the sample in "${folder}": ${reasonOf(error)}`, { cause: error });
  }
  throw new DatasetError(`Cannot build the sample in "${folder}": something else lies there. Name an empty folder`);
}

async function replace(folder: string, built: string): Promise<void> {
  const old = temporaryName(folder);
  const existed = await Deno.rename(folder, old).then(() => true, () => false);
  await Deno.rename(built, folder);
  if (existed) await Deno.remove(old, { recursive: true });
}

function isFileSystemError(error: unknown): boolean {
  return typeof (error as { code?: unknown } | null)?.code === "string" || error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.PermissionDenied;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
