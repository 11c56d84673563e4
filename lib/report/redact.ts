import { basename } from "node:path";
import { pathToFileURL } from "node:url";

/** A folder whose place on this machine is nobody's business, and what to call it instead. */
export interface Root {
  readonly path: string;
  readonly name: string;
}

/** The data folder under its own name. */
export function dataRoot(path: string): Root {
  return { path, name: basename(path) || "data" };
}

/** Absolute paths below these, wherever else they point, are cut to their last part. */
const ABSOLUTE =
  /(?<![\w.\-/~+,=<])\/(?:home|Users|root|tmp|private|var|mnt|media|opt|usr|srv|run)\/[^\s"'`<>|*?(){}[\]&]*/g;
const FILE_URL = /file:\/\/\/[^\s"'`<>|*?(){}[\]&]*/g;

/**
 * Replaces absolute paths in a text: `/home/ana/plateau/lib/mod.ts` reads `./lib/mod.ts`, and a data folder
 * `/mnt/x/birds/owl/1.jpg` reads `birds/owl/1.jpg`. What lies in none of the roots is cut to its last part.
 *
 * @param roots Longer paths win, in whatever order they are given.
 */
export function redact(text: string, roots: readonly Root[]): string {
  let out = text;
  for (const { pattern, name } of patterns(roots)) out = out.replace(pattern, name.replaceAll("$", "$$$$"));
  return out.replace(FILE_URL, lastPart).replace(ABSOLUTE, lastPart);
}

/** {@link redact} for every text within a value. Base64 of images is left alone. */
export function redactAll<T>(value: T, roots: readonly Root[]): T {
  if (typeof value === "string") return redact(value, roots) as T;
  if (Array.isArray(value)) return value.map((item) => redactAll(item, roots)) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, item]) =>
    /^image\/(?!svg)/.test(key) ? [key, item] : [redact(key, roots), redactAll(item, roots)]
  );
  return Object.fromEntries(entries);
}

const cache = new WeakMap<readonly Root[], { pattern: RegExp; name: string }[]>();

function patterns(roots: readonly Root[]): { pattern: RegExp; name: string }[] {
  const known = cache.get(roots);
  if (known) return known;
  const made = roots.flatMap(({ path, name }) => spellings(path).map((spelling) => ({ spelling, name })))
    .filter(({ spelling }) => spelling.length > 1)
    .sort((a, b) => b.spelling.length - a.spelling.length)
    .map(({ spelling, name }) => ({
      // Not within a longer name: "/data/birds" is not the beginning of "/data/birds2".
      pattern: new RegExp(`(?<![\\w.~-])${spelling.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w~-]|\\.\\w)`, "g"),
      name,
    }));
  cache.set(roots, made);
  return made;
}

/** How one folder appears: as a path, as a URL, within JSON, and where its links lead. */
function spellings(path: string): string[] {
  const plain = path.replace(/(?<=.)[\\/]+$/, "");
  const places = [plain];
  try {
    places.push(Deno.realPathSync(plain));
  } catch {
    // it need not be there
  }
  return [
    ...new Set(places.flatMap((place) => [pathToFileURL(place).href, place, JSON.stringify(place).slice(1, -1)])),
  ].filter((spelling) => spelling !== "/" && spelling !== "file:///");
}

function lastPart(path: string): string {
  return `…/${path.replace(/\/+$/, "").split("/").at(-1)}`;
}
