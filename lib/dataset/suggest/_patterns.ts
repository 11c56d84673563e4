import type { ImageRecord } from "../types.ts";

/** A way to read groups out of file names. */
export interface Pattern {
  /** What files of one group have in common: "the name up to the first “_”". */
  readonly words: string;
  /** The group of each image, or null where its name does not follow the pattern. */
  readonly groups: readonly (string | null)[];
}

/** What separates the parts of a name; the longest first. */
const SEPARATORS = ["__", "_", "-", " ", "."] as const;

/** How copies are named by file managers: "cat (2)", "cat - Copy", "cat copy 3", "cat_kopie". */
const COPY = /[\s_-]*(?:\(\d+\)|(?:copy|kopie|copie|copia)(?:[\s_-]*\(?\d+\)?)?)$/i;

/** Files named in the order they were taken: what comes before the last number, and that number. */
const NUMBERED = /^(.*?)(\d{1,12})$/;

/** Every pattern that puts at least two images together. Which of them mean anything is for the pictures to say. */
export function patternsOf(records: readonly ImageRecord[], classes: readonly string[]): Pattern[] {
  const names = records.map((record) => parts(record, classes));
  const found: Pattern[] = [];
  const add = (words: string, key: (name: Name) => string | null) => {
    const groups = names.map(key);
    if (!puts(groups) || found.some((other) => alike(other.groups, groups))) return;
    found.push({ words, groups });
    const within = names.map(({ label }, i) => groups[i] === null ? null : `${classes[label]}/${groups[i]}`);
    if (!alike(within, groups)) found.push({ words: `${words}, class by class`, groups: within });
  };
  add("the sub-folder", ({ folder }) => folder === "" ? null : folder);
  add("the name without a copy's mark, as “(2)”", ({ folder, stem, label }) => {
    // A copy lies beside its original.
    return `${classes[label]}/${folder}/${stem.replace(COPY, "")}`;
  });
  add("the name without a letter at its end", ({ stem }) => /^(.*\d)[a-z]$/i.exec(stem)?.[1] ?? null);
  for (const separator of SEPARATORS) {
    const split = ({ stem }: Name) => {
      const all = stem.split(separator).filter((part) => part !== "");
      return all.length > 1 ? all : null;
    };
    add(`the name up to the first “${separator}”`, (name) => split(name)?.[0] ?? null);
    add(
      `the name up to the last “${separator}”`,
      (name) => split(name)?.slice(0, -1).join(separator) ?? null,
    );
    add(`the name after the last “${separator}”`, (name) => split(name)?.at(-1) ?? null);
  }
  add("the name without its last number", ({ stem }) => NUMBERED.exec(stem)?.[1].replace(/[\s_.(-]+$/, "") || null);
  return found;
}

/** Images numbered one after the other: [earlier, later], both numbers of one series and at most two apart. */
export function consecutive(records: readonly ImageRecord[]): [number, number][] {
  const series = new Map<string, { image: number; number: number }[]>();
  const add = (key: string, image: number, number: number) => {
    const members = series.get(key);
    if (members) members.push({ image, number });
    else series.set(key, [{ image, number }]);
  };
  const numbered = records.map(({ path }) => NUMBERED.exec(stemOf(path)));
  // Where each folder counts from one, numbers of two folders say nothing about each other.
  const names = numbered.flatMap((match) => match === null ? [] : [match[0]]);
  const own = new Set(names).size < 0.8 * names.length;
  for (const [image, match] of numbered.entries()) {
    if (match === null) continue;
    const folder = own ? records[image].path.slice(0, records[image].path.lastIndexOf("/")) : "";
    add(`${folder}/${match[1]}`, image, Number(match[2]));
  }
  return [...series.values()].flatMap((members) => {
    members.sort((a, b) => a.number - b.number || a.image - b.image);
    return members.slice(1).flatMap((later, i): [number, number][] =>
      later.number - members[i].number <= 2 ? [[members[i].image, later.image]] : []
    );
  });
}

interface Name {
  /** Folders below the class's, "" for none. */
  readonly folder: string;
  readonly stem: string;
  readonly label: number;
}

function parts({ path, label, part }: ImageRecord, classes: readonly string[]): Name {
  const folders = path.split("/").slice(0, -1);
  const start = (part !== null && folders[0] !== classes[label] ? 1 : 0) + 1;
  return { folder: folders.slice(start).join("/"), stem: stemOf(path), label };
}

function stemOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
}

function puts(groups: readonly (string | null)[]): boolean {
  const named = groups.filter((group) => group !== null);
  return new Set(named).size < named.length;
}

function alike(a: readonly (string | null)[], b: readonly (string | null)[]): boolean {
  const there = new Map<string, string | null>(), back = new Map<string, string | null>();
  return a.every((group, i) => {
    const other = b[i];
    if (group === null || other === null) return group === other;
    if (!there.has(group)) there.set(group, other);
    if (!back.has(other)) back.set(other, group);
    return there.get(group) === other && back.get(other) === group;
  });
}
