import { join } from "node:path";
import { projectRoot } from "../../../files/mod.ts";
import { sha256 } from "../../_experiment.ts";

/** What may change the bits that training gives. */
const ROOMS = ["augment", "engine", "model", "stats", "train"];

let known: Promise<string> | null = null;

/**
 * Names the code that trains: 12 hexadecimal digits over the sources of its rooms and the versions of all packages. Two
 * machines with the same one do the same with a job; a number that somebody has to remember to raise would not be as sure.
 */
export function codeVersion(): Promise<string> {
  return known ??= compute();
}

async function compute(): Promise<string> {
  const root = projectRoot();
  const files = (await Promise.all(ROOMS.map((room) => sourcesBelow(`lib/${room}`, root)))).flat().sort();
  const parts = await Promise.all([...files, "deno.lock"].map(async (path) => {
    // Git may have changed line ends.
    const text = (await Deno.readTextFile(join(root, path))).replaceAll("\r\n", "\n");
    return `${path}:${sha256(text)}`;
  }));
  return sha256(parts.join("\n")).slice(0, 12);
}

/** Paths with "/", whatever the system. */
async function sourcesBelow(folder: string, root: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(root, folder))) {
    if (isDirectory) found.push(...await sourcesBelow(`${folder}/${name}`, root));
    else if (name.endsWith(".ts")) found.push(`${folder}/${name}`);
  }
  return found;
}
