import type { KnownDataset, LiteratureRow } from "./types.ts";

/** A public data set that the images' folder is named like. */
export interface NameMatch {
  readonly dataset: string;
  /** How many classes it has as published. */
  readonly classes: number;
  /** Whether that is how many there are here (one more or less may be a background class). */
  readonly complete: boolean;
}

/**
 * The public data set of that name, or null. Case, spaces and punctuation don't count, nor words as "dataset" or
 * "images". A name says little: a folder may be called "pets" and hold other pets.
 *
 * @param name Of the images' folder.
 * @param classes How many classes it has.
 */
export function matchByName(
  name: string,
  classes: number,
  known: readonly KnownDataset[],
  rows: readonly LiteratureRow[],
): NameMatch | null {
  const wanted = new Set([plain(name), plain(withoutFillers(name))]);
  wanted.delete("");
  const all = [...known, ...rows.map((row) => ({ dataset: row.dataset, classes: row.classes, aliases: [] }))];
  const found = all.find(({ dataset, aliases }) => wanted.has(plain(dataset)) || aliases.some((it) => wanted.has(it)));
  if (!found) return null;
  return { dataset: found.dataset, classes: found.classes, complete: Math.abs(found.classes - classes) <= 1 };
}

const FILLERS = /^(the|data|dataset|images?|imgs?|pictures?|photos?|png|jpe?g|rgb|master|main|extracted|raw|v\d+)$/;

function withoutFillers(name: string): string {
  return name.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => !FILLERS.test(word)).join(" ");
}

/** Lower case, letters and digits only. */
function plain(name: string): string {
  return name.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}
