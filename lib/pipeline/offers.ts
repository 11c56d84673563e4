import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Dataset } from "../dataset/mod.ts";
import { cacheRoot, writeWhole } from "../files/mod.ts";
import type { Offer } from "./types.ts";

/** Raise it when what is kept changes. */
const VERSION = 1;

/** The images that offers are made for; `Dataset` of `lib/dataset` is one. */
export type OfferedImages = Pick<Dataset, "classes" | "development" | "records" | "size">;

/**
 * Keeps what a notebook found for the verdict, replacing an earlier one of that name. It belongs to the content and the
 * labels of the development images: the sealed test set has no say in it.
 *
 * @throws FileError when it cannot be written.
 */
export async function offer(images: OfferedImages, offered: Offer): Promise<void> {
  const { probabilities, tried, ...rest } = offered;
  const text = JSON.stringify({
    version: VERSION,
    ...rest,
    probabilities: encode(probabilities),
    ...(tried === undefined ? {} : { tried: tried.map(encode) }),
  });
  await writeWhole(join(folderOf(images), `${offered.name}.json`), text);
}

/** What notebooks have offered for these images, by notebook and name. Files that cannot be read count as missing. */
export async function offers(images: OfferedImages): Promise<Offer[]> {
  const folder = folderOf(images);
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) if (name.endsWith(".json")) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const all = await Promise.all(names.map((name) => read(join(folder, name))));
  return all.filter((one) => one !== null)
    .sort((a, b) => a.notebook.localeCompare(b.notebook) || a.name.localeCompare(b.name));
}

/** Where what notebooks found for these images lies. */
export function folderOf({ classes, development, records, size }: OfferedImages): string {
  const content = development.map((i) => `${records[i].hash}:${records[i].label}`);
  const key = createHash("sha256").update(JSON.stringify([VERSION, size, classes, content])).digest("hex");
  return join(cacheRoot(), "offers", key.slice(0, 16));
}

async function read(path: string): Promise<Offer | null> {
  try {
    const { version, probabilities, tried, ...rest } = JSON.parse(await Deno.readTextFile(path));
    if (version !== VERSION) return null;
    return {
      ...rest,
      probabilities: decode(probabilities),
      ...(tried === undefined ? {} : { tried: tried.map(decode) }),
    };
  } catch {
    return null;
  }
}

function encode(values: Float32Array): string {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).toBase64();
}

function decode(text: string): Float32Array {
  return new Float32Array(Uint8Array.fromBase64(text).buffer);
}
