import { resolve } from "node:path";
import { type Progress, progress } from "../display/mod.ts";
import { readGroups } from "./_groups.ts";
import { ingest } from "./_ingest.ts";
import { PixelCache } from "./_pixel_cache.ts";
import { type Candidate, nameOf, scan } from "./_scan.ts";
import { checkedSize, Dataset } from "./dataset.ts";
import { DatasetError } from "./errors.ts";
import { buildSample, isCurrentSample, sampleFolder } from "./sample/build.ts";
import { drawTest } from "./split.ts";
import type { ImageRecord, OnProgress, OpenOptions, OtherFiles, SkippedFile } from "./types.ts";

/**
 * Opens a folder of labelled images.
 *
 * Layouts: `DIR/<class>/*`; `DIR/train|val|test/<class>/*`; or a `metadata.csv` with the columns `file_name`, `label`
 * and, if known, `group` and `split`. Images in sub-folders of a class's folder belong to the class. JPEG, PNG, WebP,
 * GIF (first frame), AVIF and TIFF are known by their content. Each image is turned upright, laid on white, made RGB,
 * and scaled to cover size x size pixels, the longer side cut evenly at both ends.
 *
 * The test part of the folders is sealed; where there is none, a stratified fifth is drawn by seed, whole groups at a
 * time, out of everything (a validation part included). Decoded pixels are kept in `.plateau/pixels`.
 *
 * @param folder Empty for the bundled sample `emoji16`, which is built where it is missing.
 * @throws DatasetError where the folder cannot be used: what is wrong, where, and what to do.
 * @throws FileError where the cache cannot be written.
 */
export async function open(folder = "", options: OpenOptions = {}): Promise<Dataset> {
  const size = checkedSize(options.size ?? 64);
  const path = folder === "" ? await sample() : resolve(folder);
  const scanned = await scan(path);
  const groups = await readGroups(path, options.groups);
  const candidates = scanned.candidates.sort((a, b) => a.path < b.path ? -1 : 1);
  const { records, skipped } = await read(path, candidates, scanned.classes, groups, size, options.onProgress);
  const allSkipped = [...scanned.skipped, ...skipped].sort((a, b) => a.path < b.path ? -1 : 1);
  // What people see is the path as they gave it.
  const shown = folder === "" ? "the sample emoji16" : folder;
  mustHaveClasses(shown, scanned.classes, records, allSkipped);
  const grouped = groups !== null || candidates.some(({ group }) => group !== null);
  const given = [...records.keys()].filter((i) => records[i].part === "test");
  mustHaveEnough(shown, scanned.classes, records, given.length > 0);
  const test = given.length > 0 ? given : drawTest(
    {
      items: [...records.keys()],
      labels: Int32Array.from(records, ({ label }) => label),
      groups: grouped ? records.map(({ group }) => group) : null,
      classes: scanned.classes,
    },
    options.testShare ?? 0.2,
    options.seed ?? 1,
  );
  return new Dataset({
    name: folder === "" ? "emoji16" : nameOf(path),
    folder: path,
    classes: scanned.classes,
    records,
    skipped: allSkipped,
    others: summarised(scanned.others),
    grouped,
    size,
    test,
    testSource: given.length > 0 ? "folder" : "seed",
  });
}

async function sample(): Promise<string> {
  const folder = sampleFolder();
  if (!await isCurrentSample(folder)) {
    const bar = new LateProgress("Drawing the sample emoji16");
    await buildSample(folder, { onProgress: bar.update });
    await bar.finish();
  }
  return folder;
}

async function read(
  folder: string,
  candidates: readonly Candidate[],
  classes: readonly string[],
  groups: ReadonlyMap<string, string> | null,
  size: number,
  onProgress: OnProgress | undefined,
): Promise<{ records: ImageRecord[]; skipped: SkippedFile[] }> {
  const bar = new LateProgress("Reading images");
  const cache = new PixelCache();
  const records: ImageRecord[] = [];
  const skipped: SkippedFile[] = [];
  try {
    const results = await ingest(folder, candidates.map(({ path }) => path), size, cache, onProgress ?? bar.update);
    const labels = new Map(classes.map((name, label) => [name, label]));
    for (const [i, { path, class: name, part, group }] of candidates.entries()) {
      const result = results[i];
      if ("reason" in result) skipped.push({ path, class: name, ...result });
      else records.push({ path, label: labels.get(name)!, group: groups?.get(path) || group || path, part, ...result });
    }
  } finally {
    await bar.finish();
    await cache.close();
  }
  return { records, skipped };
}

function mustHaveClasses(
  folder: string,
  classes: readonly string[],
  records: readonly ImageRecord[],
  skipped: readonly SkippedFile[],
): void {
  if (classes.length < 2) {
    throw new DatasetError(
      `Cannot open "${folder}": it has ${classes.length === 1 ? `one class, "${classes[0]}",` : "no class"} ` +
        `and needs at least two`,
    );
  }
  const filled = new Set(records.map(({ label }) => label));
  for (const [label, name] of classes.entries()) {
    if (filled.has(label)) continue;
    const lost = skipped.filter((file) => file.class === name);
    const why = lost.length > 0
      ? `none of its ${lost.length} files can be read (${lost[0].path}: ${lost[0].reason})`
      : "there is no image in it";
    throw new DatasetError(`Cannot use class "${name}" of "${folder}": ${why}. Add images, or remove the class`);
  }
}

/** Fewer than these and no split can have every class in every part. */
function mustHaveEnough(
  folder: string,
  classes: readonly string[],
  records: readonly ImageRecord[],
  testGiven: boolean,
): void {
  const least = testGiven ? 2 : 3;
  const counts = new Array<number>(classes.length).fill(0);
  for (const { label, part } of records) if (part !== "test") counts[label]++;
  for (const [label, name] of classes.entries()) {
    if (counts[label] >= least) continue;
    const purpose = testGiven
      ? "outside of the test part, to train and to validate with"
      : "to train, validate and test with";
    throw new DatasetError(
      `Cannot split class "${name}" of "${folder}": it needs at least ${least} readable images ${purpose}, ` +
        `it has ${counts[label]}. Add images, or remove the class`,
    );
  }
}

function summarised(others: readonly string[]): OtherFiles {
  return { n: others.length, examples: [...others].sort().slice(0, 5) };
}

/** A progress display for what is usually over before anyone could read it. */
class LateProgress {
  readonly #label: string;
  readonly #start = performance.now();
  #bar: Progress | null = null;

  constructor(label: string) {
    this.#label = label;
  }

  readonly update: OnProgress = (done, total) => {
    if (performance.now() - this.#start < 700) return;
    this.#bar ??= progress({ label: this.#label, total });
    this.#bar.update(done);
  };

  async finish(): Promise<void> {
    await this.#bar?.finish();
  }
}
