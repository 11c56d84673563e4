import { join } from "node:path";
import { walk } from "./_walk.ts";

/**
 * Image files in a folder and everything below it, in the order of their names, whatever the folders are called. Links
 * are followed, but never in a circle.
 *
 * @throws DatasetError where a folder cannot be listed.
 */
export async function imagesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  const ignore = () => {};
  await walk(folder, "", { image: (path) => found.push(join(folder, path)), other: ignore, skip: ignore });
  return found;
}
