import { extname, join } from "node:path";
import type { Dataset } from "../dataset/mod.ts";
import type { Random } from "../stats/mod.ts";

/** One image of a copy: whose file it is, or the bytes that take its place. */
export interface DraftImage {
  /** The class whose folder it goes into. */
  label: string;
  /** Where groups are known. */
  group: string;
  part: "train" | "val" | "test";
  /** Where the original lies, or what is written instead. */
  content: string | Uint8Array;
  /** With its dot; of the content. */
  extension: string;
}

/** A data set as it is to be written: faults are planted here, before any file exists. */
export interface Draft {
  readonly classes: readonly string[];
  readonly grouped: boolean;
  images: DraftImage[];
}

/**
 * The copy of a data set without any fault. What the data set seals becomes a test folder, so that it is known where
 * the parts are.
 *
 * @param folder Where the data set lies.
 */
export function draftOf(dataset: Dataset, folder: string): Draft {
  const development = new Set(dataset.development);
  return {
    classes: dataset.classes,
    grouped: dataset.grouped,
    images: dataset.records.map(({ path, label, group, part }, i) => ({
      label: dataset.classes[label],
      group,
      part: !development.has(i) ? "test" : part === "val" ? "val" : "train",
      content: join(folder, path),
      extension: extname(path),
    })),
  };
}

/** Fewest images of a class that {@link thinned} leaves in a part that has them: folds need some. */
const LEAST = 12;

/** Takes whole groups away, the same share of each class and part, until about `most` images are left. */
export function thinned(draft: Draft, most: number, random: Random): Draft {
  if (draft.images.length <= most) return draft;
  const share = most / draft.images.length;
  const left = new Map<string, number>();
  const place = ({ part, label }: DraftImage) => `${part}/${label}`;
  for (const image of draft.images) left.set(place(image), (left.get(place(image)) ?? 0) + 1);
  const quota = new Map([...left].map(([key, n]) => [key, Math.max(Math.min(n, LEAST), Math.round(share * n))]));
  const groups = Map.groupBy(draft.images, ({ group }) => group);
  const dropped = new Set<string>();
  for (const name of random.shuffled(groups.keys())) {
    const members = Map.groupBy(groups.get(name)!, place);
    if ([...members].some(([key, images]) => left.get(key)! - images.length < quota.get(key)!)) continue;
    for (const [key, images] of members) left.set(key, left.get(key)! - images.length);
    dropped.add(name);
  }
  return { ...draft, images: draft.images.filter(({ group }) => !dropped.has(group)) };
}

/**
 * Writes a draft as `train|val|test/<class>/*`, with a `groups.csv` where groups are known. Untouched images are hard
 * links, or copies where the file system has none.
 *
 * @throws Deno.errors.NotFound where an original was removed meanwhile.
 */
export async function writeDraft(draft: Draft, folder: string): Promise<void> {
  const names = folderNames(draft.classes);
  const rows = ["file_name,group"];
  const made = new Set<string>();
  for (const [i, { label, group, part, content, extension }] of draft.images.entries()) {
    const below = join(part, names.get(label)!);
    if (!made.has(below)) await Deno.mkdir(join(folder, below), { recursive: true });
    made.add(below);
    // Numbers in the order of the originals: the order of the records stays what it was.
    const file = join(below, `${String(i).padStart(6, "0")}${extension}`);
    if (typeof content === "string") await linkOrCopy(content, join(folder, file));
    else await Deno.writeFile(join(folder, file), content);
    rows.push(`${quoted(file.replaceAll("\\", "/"))},${quoted(group)}`);
  }
  if (draft.grouped) await Deno.writeTextFile(join(folder, "groups.csv"), rows.join("\n") + "\n");
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await Deno.link(from, to).catch(() => Deno.copyFile(from, to));
}

/** Class names as folder names, which must not hold separators, begin with a dot or be taken for a part. */
function folderNames(classes: readonly string[]): Map<string, string> {
  const taken = new Set<string>();
  return new Map(classes.map((name) => {
    let folder = name.replaceAll(/[\\/:*?"<>|]/g, "-").replace(/^\./, "-");
    while (taken.has(folder.toLowerCase())) folder += "-";
    taken.add(folder.toLowerCase());
    return [name, folder];
  }));
}

function quoted(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}
