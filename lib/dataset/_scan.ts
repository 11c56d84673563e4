import { basename, join } from "node:path";
import { partNames, partOf } from "./_parts.ts";
import { scanMetadata } from "./_metadata.ts";
import { list, type Listing, walk } from "./_walk.ts";
import { DatasetError, reasonOf } from "./errors.ts";
import type { Part, SkippedFile } from "./types.ts";

/** A file that is, or is named like, an image of a class. */
export interface Candidate {
  /** Below the data set's folder, with "/" between its parts. */
  readonly path: string;
  readonly class: string;
  readonly part: Part | null;
  /** Where the metadata names one. */
  readonly group: string | null;
}

/** What a folder holds before any image is opened. */
export interface Scan {
  readonly candidates: Candidate[];
  readonly skipped: SkippedFile[];
  /** Paths of files that are no images. */
  readonly others: string[];
  /** Every class that has a folder or a row, with images or without. Sorted. */
  readonly classes: string[];
}

/**
 * Lists the labelled images of a folder: `metadata.csv` where there is one; else `train`, `val` and `test` with one
 * folder per class in each; else one folder per class. Images in sub-folders of a class's folder count to the class.
 *
 * @throws DatasetError for a folder that is missing, a file, empty, or of none of these layouts.
 */
export async function scan(folder: string): Promise<Scan> {
  await mustBeFolder(folder);
  const top = await list(folder);
  if (top.others.includes("metadata.csv")) return await scanMetadata(folder, [{ prefix: "", part: null }]);
  const parts = await partFolders(folder, top);
  if (parts.length === 0) return await scanClasses(folder, top);
  const described = await Promise.all(parts.map((part) => isFile(join(folder, part, "metadata.csv"))));
  if (described.some(Boolean)) {
    const missing = parts.find((_, i) => !described[i]);
    if (missing === undefined) {
      return await scanMetadata(folder, parts.map((name) => ({ prefix: `${name}/`, part: partOf(name) })));
    }
    throw new DatasetError(
      `Cannot open "${folder}": "${missing}" has no metadata.csv, and other parts have one. Give every part its own, ` +
        `or one metadata.csv with a split column to all`,
    );
  }
  return await scanParts(folder, parts, top);
}

async function mustBeFolder(folder: string): Promise<void> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(folder);
  } catch (error) {
    throw new DatasetError(`Cannot open "${folder}": ${reasonOf(error)}. Name a folder with one sub-folder per class`, {
      cause: error,
    });
  }
  if (!info.isDirectory) {
    throw new DatasetError(`Cannot open "${folder}": it is a file. Name the folder that holds the classes`);
  }
}

/** Names of the folders that are parts (train, val, test); none where the folders are classes. */
async function partFolders(folder: string, top: Listing): Promise<string[]> {
  const named = top.folders.filter((name) => partOf(name) !== null);
  const parts: string[] = [];
  for (const name of named) {
    // A class may be called "train": its folder then holds images itself.
    const { images, folders, others } = await list(join(folder, name));
    if (others.includes("metadata.csv") || (images.length === 0 && folders.length > 0)) parts.push(name);
  }
  if (!parts.some((name) => partOf(name) === "train")) return [];
  for (const name of top.folders) {
    if (parts.includes(name)) continue;
    let images = 0;
    await walk(join(folder, name), "", { image: () => images++, other: () => {}, skip: () => {} });
    if (images === 0) continue;
    throw new DatasetError(
      `Cannot tell parts from classes in "${folder}": "${parts.join('" and "')}" hold folders of classes, and beside ` +
        `them "${name}" holds images. Move "${name}" elsewhere, or into ${partNames}`,
    );
  }
  return parts;
}

async function scanParts(folder: string, parts: readonly string[], top: Listing): Promise<Scan> {
  const found: Omit<Scan, "classes"> & { classes: Set<string> } = start(top);
  for (const name of parts) {
    const { folders, images, others } = await list(join(folder, name));
    straysInto(found, images.map((image) => `${name}/${image}`));
    found.others.push(...others.map((other) => `${name}/${other}`));
    for (const label of folders) await scanClass(found, folder, `${name}/${label}`, label, partOf(name));
  }
  return { ...found, classes: [...found.classes].sort() };
}

async function scanClasses(folder: string, top: Listing): Promise<Scan> {
  if (top.folders.length === 0) {
    const holds = top.images.length > 0
      ? `it holds ${top.images.length} images but no folder per class. Sort them into one sub-folder per class, or add a ` +
        `metadata.csv with the columns file_name and label`
      : `it ${top.others.length > 0 ? "holds no images" : "is empty"}. It needs one sub-folder of images per class`;
    throw new DatasetError(`Cannot open "${folder}": ${holds}`);
  }
  const found = start(top);
  for (const label of top.folders) await scanClass(found, folder, label, label, null);
  if (found.classes.size === 1) {
    const [only] = top.folders;
    const deeper = (await list(join(folder, only))).folders.length > 1
      ? `. If its sub-folders are the classes, open "${join(folder, only)}"`
      : "";
    throw new DatasetError(`Cannot open "${folder}": it has one class, "${only}", and needs at least two${deeper}`);
  }
  return { ...found, classes: [...found.classes].sort() };
}

type Found = Omit<Scan, "classes"> & { readonly classes: Set<string> };

function start(top: Listing): Found {
  const found: Found = { candidates: [], skipped: [], others: [...top.others], classes: new Set() };
  straysInto(found, top.images);
  return found;
}

function straysInto(found: Found, paths: readonly string[]): void {
  for (const path of paths) {
    found.skipped.push({
      path,
      class: null,
      reason: "in no class's folder",
      remedy: "move it into the folder of its class",
    });
  }
}

async function scanClass(found: Found, folder: string, path: string, label: string, part: Part | null): Promise<void> {
  // macOS may hand out names in decomposed form: the same class must not become two.
  const name = label.normalize("NFC");
  found.classes.add(name);
  await walk(join(folder, path), `${path}/`, {
    image: (image) => found.candidates.push({ path: image, class: name, part, group: null }),
    other: (other) => found.others.push(other),
    skip: (file) => found.skipped.push({ ...file, class: name }),
  });
}

async function isFile(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => null))?.isFile ?? false;
}

/** The name a data set goes by: its folder's. */
export function nameOf(folder: string): string {
  return basename(folder) || folder;
}
