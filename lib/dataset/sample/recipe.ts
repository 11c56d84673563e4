import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { projectRoot } from "../../files/mod.ts";
import { forEachBounded } from "../_pool.ts";
import { drawIcon } from "./_icons.ts";
import { type SampleImage, selectSample } from "./select.ts";

/** An image of the sample as its recipe lists it. */
export interface RecipeRow extends SampleImage {
  /** Below the sample's folder. */
  readonly file: string;
  /** The first 16 hexadecimal digits of the SHA-256 of its pixels. */
  readonly checksum: string;
}

const HEADER = "file_name,label,group,style,split,pixels";

/** The folder of the recipe and the data card. */
export function recipeFolder(): string {
  return join(projectRoot(), "data", "emoji16");
}

/** The recipe as text: what the sample is made of, and the reserve. */
export async function readRecipe(): Promise<string> {
  return await Deno.readTextFile(join(recipeFolder(), "recipe.csv"));
}

export function parseRecipe(text: string): RecipeRow[] {
  const rows = parse(text, { columns: true }) as Record<string, string>[];
  return rows.map((row) => ({
    file: row.file_name,
    class: row.label,
    emoji: row.group,
    style: row.style,
    split: row.split as RecipeRow["split"],
    checksum: row.pixels,
  }));
}

/** Makes the recipe: selects, draws everything once for the checksums. About 20 seconds. */
export async function makeRecipe(): Promise<string> {
  const images = await selectSample();
  const lines = new Array<string>(images.length);
  await forEachBounded(images, availableParallelism() + 1, async (image, i) => {
    const { split, emoji, style } = image;
    const file = `${split}/${image.class.replaceAll(" ", "-")}/${emoji}__${style}.png`;
    lines[i] = [file, image.class, emoji, style, split, checksumOf(await drawIcon(style, emoji))].join(",");
  });
  return [HEADER, ...lines.sort(), ""].join("\n");
}

export function checksumOf(pixels: Uint8Array): string {
  return createHash("sha256").update(pixels).digest("hex").slice(0, 16);
}

if (import.meta.main) await Deno.writeTextFile(join(recipeFolder(), "recipe.csv"), await makeRecipe());
