import { join } from "node:path";
import { namedLikeAnImage, sniff } from "./_format.ts";
import { DatasetError, reasonOf } from "./errors.ts";
import type { SkippedFile } from "./types.ts";

/** What one folder holds, as far as it matters here. */
export interface Listing {
  /** Names of files that are images or are named so. */
  readonly images: string[];
  /** Names of other files. */
  readonly others: string[];
  readonly folders: string[];
  /** Links that lead nowhere. */
  readonly broken: string[];
}

/** What macOS, Windows, version control and notebooks leave in folders, besides names with a leading dot. */
const clutter = new Set(["__MACOSX", "Thumbs.db", "desktop.ini", "@eaDir"]);

/** @throws DatasetError where the folder cannot be listed: leaving it out silently would lose a class. */
export async function list(folder: string): Promise<Listing> {
  const listing: Listing = { images: [], others: [], folders: [], broken: [] };
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    throw new DatasetError(`Cannot list the folder "${folder}": ${reasonOf(error)}`, { cause: error });
  }
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isSymlink, isDirectory } of entries) {
    if (name.startsWith(".") || clutter.has(name)) continue;
    const target = isSymlink ? await Deno.stat(join(folder, name)).catch(() => null) : { isDirectory };
    if (target === null) listing.broken.push(name);
    else if (target.isDirectory) listing.folders.push(name);
    else if (namedLikeAnImage(name) || await startsLikeAnImage(join(folder, name))) listing.images.push(name);
    else listing.others.push(name);
  }
  return listing;
}

/** Called for what a walk meets; paths are relative to where it began. */
export interface Visitor {
  image(path: string): void;
  other(path: string): void;
  skip(file: Omit<SkippedFile, "class">): void;
}

/**
 * Visits a folder and everything below it, in the order of names. Links to folders are followed, except back into a
 * folder that is being visited, which would never end.
 *
 * @param prefix Path of `folder` in the eyes of the visitor, empty or with a closing "/".
 */
export async function walk(folder: string, prefix: string, visitor: Visitor, above: readonly string[] = []) {
  const real = await Deno.realPath(folder);
  const { images, others, folders, broken } = await list(folder);
  for (const name of images) visitor.image(prefix + name);
  for (const name of others) visitor.other(prefix + name);
  for (const name of broken) {
    visitor.skip({
      path: prefix + name,
      reason: "a link that leads nowhere",
      remedy: "restore its target, or delete it",
    });
  }
  for (const name of folders) {
    const below = join(folder, name);
    if ([...above, real].includes(await Deno.realPath(below))) {
      visitor.skip({
        path: prefix + name,
        reason: "a link back to a folder that contains it",
        remedy: "delete the link",
      });
    } else {
      await walk(below, `${prefix}${name}/`, visitor, [...above, real]);
    }
  }
}

/** Images are known by content: a file without extension, or with an odd one, may be one. */
async function startsLikeAnImage(path: string): Promise<boolean> {
  try {
    using file = await Deno.open(path);
    const start = new Uint8Array(64);
    const n = await file.read(start) ?? 0;
    const format = sniff(start.subarray(0, n));
    return format !== null && format !== "svg";
  } catch {
    return false; // not named like an image and not readable: none of our business
  }
}
