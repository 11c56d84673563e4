import { join } from "node:path";
import { list } from "./_walk.ts";

/**
 * Image files in a folder and everything below it, in the order of their names, whatever the folders are called.
 *
 * @throws DatasetError where a folder cannot be listed.
 */
export async function imagesBelow(folder: string): Promise<string[]> {
  const { images, folders } = await list(folder);
  const below: string[] = [];
  for (const name of folders) below.push(...await imagesBelow(join(folder, name)));
  return [...images.map((name) => join(folder, name)), ...below];
}
