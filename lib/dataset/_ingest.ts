import { createHash } from "node:crypto";
import { stat as statFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { decode, remedyFor } from "./_decode.ts";
import { rejection } from "./_format.ts";
import type { Facts, PixelCache, Stat } from "./_pixel_cache.ts";
import { forEachBounded } from "./_pool.ts";
import { DatasetError, reasonOf } from "./errors.ts";
import type { OnProgress } from "./types.ts";

/** A readable image, as the pixel cache knows it. */
export interface Ingested {
  readonly hash: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly format: string;
}

/** Why a file is left out. */
export interface Rejected {
  readonly reason: string;
  readonly remedy: string;
}

/** An image that was ingested before. */
interface Named {
  readonly path: string;
  readonly hash: string;
}

/** Decoding happens in sharp's threads: a few files more than cores keep them busy while others are being read. */
const lanes = availableParallelism() + 1;

/**
 * Makes sure that the pixels of every file are in the cache, decoding those that are not. At most a few decoded images
 * are in memory at a time.
 *
 * @param paths Relative to `folder`.
 * @returns What each file is, in the order of `paths`.
 * @throws FileError where the cache cannot be written.
 */
export async function ingest(
  folder: string,
  paths: readonly string[],
  size: number,
  cache: PixelCache,
  onProgress: OnProgress,
): Promise<(Ingested | Rejected)[]> {
  const results = new Array<Ingested | Rejected>(paths.length);
  let done = 0;
  await forEachBounded(paths, lanes, async (path, index) => {
    try {
      results[index] = await ingestOne(join(folder, path), size, cache);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      results[index] = { reason: `cannot be read: ${error.message}`, remedy: "check who may read it (ls -l)" };
    }
    onProgress(++done, paths.length);
  });
  await cache.flush();
  return results;
}

/**
 * Makes sure that the pixels of images that were ingested before are in the cache at another size.
 *
 * @throws DatasetError where a file has changed since.
 */
export async function ensure(
  folder: string,
  images: readonly Named[],
  size: number,
  cache: PixelCache,
  onProgress: OnProgress = () => {},
): Promise<void> {
  const missing = images.filter(({ hash }) => !cache.has(hash, size));
  let done = 0;
  await forEachBounded(missing, lanes, async (image) => {
    const result = await decodeInto(await unchanged(folder, image), image.hash, size, cache);
    if (result.reason !== null) throw changed(folder, image);
    onProgress(++done, missing.length);
  });
  await cache.flush();
}

/**
 * Pixels of images that were ingested before, in their order; what is not in the cache at this size is decoded and not
 * put there.
 *
 * @throws DatasetError where a file has changed since.
 */
export async function decodeOnce(
  folder: string,
  images: readonly Named[],
  size: number,
  cache: PixelCache,
  onProgress: OnProgress = () => {},
): Promise<Uint8Array> {
  const stride = size * size * 3;
  const pixels = new Uint8Array(images.length * stride);
  let done = 0;
  await forEachBounded(images, lanes, async (image, index) => {
    if (cache.has(image.hash, size)) {
      pixels.set(await cache.read([image.hash], size), index * stride);
    } else {
      const decoded = await decode(await unchanged(folder, image), size);
      if ("reason" in decoded) throw changed(folder, image);
      pixels.set(decoded.pixels, index * stride);
    }
    onProgress(++done, images.length);
  });
  return pixels;
}

/** The bytes of a file, if they are still those that were ingested. */
async function unchanged(folder: string, image: Named): Promise<Uint8Array> {
  const file = join(folder, image.path);
  const bytes = await read(file).catch((error: Error) => {
    throw new DatasetError(`Cannot read "${file}": ${error.message}`, { cause: error });
  });
  if (sha256(bytes) !== image.hash) throw changed(folder, image);
  return bytes;
}

function changed(folder: string, { path }: Named): DatasetError {
  return new DatasetError(
    `Cannot use "${join(folder, path)}": it has changed since the data set was opened. Open it again`,
  );
}

async function ingestOne(file: string, size: number, cache: PixelCache): Promise<Ingested | Rejected> {
  const stat = await statOf(file);
  let bytes: Uint8Array | null = null;
  let hash = cache.hashOf(stat);
  if (hash === null) {
    bytes = await read(file);
    hash = sha256(bytes);
    await cache.add({ kind: "file", stat, hash });
  }
  let facts = cache.factsOf(hash);
  if (facts === null || (facts.reason === null && !cache.has(hash, size))) {
    bytes ??= await read(file);
    const rejected = rejection(bytes, basename(file));
    if (rejected) return rejected;
    facts = await decodeInto(bytes, hash, size, cache);
  }
  if (facts.reason !== null) return { reason: facts.reason, remedy: remedyFor(facts.reason) };
  return { hash, bytes: stat.size, width: facts.width, height: facts.height, format: facts.format };
}

async function decodeInto(bytes: Uint8Array, hash: string, size: number, cache: PixelCache): Promise<Facts> {
  const decoded = await decode(bytes, size);
  if ("reason" in decoded) {
    await cache.add({ kind: "facts", hash, facts: decoded });
    return decoded;
  }
  const { pixels, width, height, format } = decoded;
  const facts = { width, height, format, reason: null };
  await cache.add({ kind: "facts", hash, facts });
  await cache.add({ kind: "pixels", hash, size, digest: sha256(pixels), pixels });
  return facts;
}

/** A file that the operating system will not let us read. */
class Unreadable extends Error {}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    throw new Unreadable(reasonOf(error));
  }
}

async function statOf(path: string): Promise<Stat> {
  try {
    const { size, mtimeNs } = await statFile(path, { bigint: true });
    return { path, size: Number(size), mtime: mtimeNs };
  } catch (error) {
    throw new Unreadable(reasonOf(error));
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
