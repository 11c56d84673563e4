import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import { escapeHtml, formatCount, type ResultRecord, Shown, tableHtml, tableText, TableView } from "../display/mod.ts";
import { decodeThumbnail } from "./_decode.ts";
import { decodeOnce, ensure } from "./_ingest.ts";
import { PixelCache } from "./_pixel_cache.ts";
import { forEachBounded } from "./_pool.ts";
import { Sealed } from "./_sealed.ts";
import { type FileStamp, stampOf } from "./_stamps.ts";
import { classTable, summaryTable } from "./_tables.ts";
import { DatasetError, reasonOf, SealedError } from "./errors.ts";
import { innerPart, type Splittable, stratifiedFolds, stratifiedHoldOut } from "./split.ts";
import type { Fold, ImageRecord, OnProgress, OtherFiles, SealedTest, SkippedFile } from "./types.ts";

/** What a data set is made of; `open()` gathers it. */
export interface DatasetContent {
  readonly name: string;
  readonly folder: string;
  readonly classes: readonly string[];
  readonly records: readonly ImageRecord[];
  readonly skipped: readonly SkippedFile[];
  readonly others: OtherFiles;
  readonly grouped: boolean;
  readonly size: number;
  /** Indices of the test images. */
  readonly test: readonly number[];
  readonly testSource: "folder" | "seed";
}

/** How folds are made. */
export interface SplitOptions {
  /** Keep whole groups together, or split image by image. "group" by default where groups are known. */
  readonly by?: "group" | "image";
  /** 1 by default. */
  readonly seed?: number;
}

/** How pixels are read. */
export interface PixelOptions {
  /** Instead of the working size. */
  readonly size?: number;
  /** The array that `test.open()` returned: allows reading a part of it. */
  readonly opened?: readonly number[];
  /**
   * Whether what has to be decoded is kept in the cache; true by default. Large pixels that are looked at once are
   * better not kept: at 224 pixels, 1,000 images take 150 MB.
   */
  readonly keep?: boolean;
  /** Called while images are decoded that are not in the cache at this size. */
  readonly onProgress?: OnProgress;
}

/**
 * Labelled images: their facts, their pixels, their splits. Made by `open()`.
 *
 * Indices are into `records`, which are sorted by path. Every image is either in `development` (for training and
 * validation) or in the sealed `test` set.
 */
export class Dataset extends Shown {
  /** The folder's own name, or "emoji16". */
  readonly name: string;
  /** Class names, K, sorted by code points; `ImageRecord.label` is an index into them. */
  readonly classes: readonly string[];
  /** Readable images, sorted by path. */
  readonly records: readonly ImageRecord[];
  /** Files that looked like images and are left out. */
  readonly skipped: readonly SkippedFile[];
  /** Files that are no images. */
  readonly others: OtherFiles;
  /** Whether groups are known. */
  readonly grouped: boolean;
  /** Height and width of the decoded pixels. */
  readonly size: number;
  /** Indices of the images for training and validation, ascending. */
  readonly development: readonly number[];
  readonly test: SealedTest;
  /**
   * SHA-256, hexadecimal, over the working size, the classes, and content, label, group and part of the training and
   * validation images in order. Neither file names nor the test set count.
   */
  readonly fingerprint: string;
  readonly #folder: string;
  readonly #sealed: Sealed;
  readonly #content: DatasetContent;

  constructor(content: DatasetContent) {
    super();
    this.#content = content;
    this.name = content.name;
    this.classes = content.classes;
    this.records = content.records;
    this.skipped = content.skipped;
    this.others = content.others;
    this.grouped = content.grouped;
    this.size = content.size;
    this.#folder = content.folder;
    this.#sealed = new Sealed(content.records, content.test, content.testSource);
    this.test = this.#sealed;
    this.development = [...content.records.keys()].filter((i) => !this.#sealed.has(i));
    this.fingerprint = fingerprint(this);
  }

  /**
   * Classes of these images.
   *
   * @throws SealedError for an image of the test set, unless the array was opened for the verdict.
   */
  labels(indices: readonly number[], options: { readonly opened?: readonly number[] } = {}): Int32Array {
    this.#allow("labels", indices, options.opened);
    return Int32Array.from(indices, (i) => this.records[i].label);
  }

  /**
   * Decoded pixels: RGB bytes [indices.length, size, size, 3].
   *
   * @throws SealedError for an image of the test set that was not opened.
   * @throws DatasetError where a file is read again (for another size) and has changed.
   */
  async pixels(indices: readonly number[], options: PixelOptions = {}): Promise<Uint8Array> {
    this.#allow("pixels", indices, options.opened);
    const size = checkedSize(options.size ?? this.size);
    const images = indices.map((i) => this.records[i]);
    const cache = new PixelCache();
    try {
      if (options.keep === false) return await decodeOnce(this.#folder, images, size, cache, options.onProgress);
      await ensure(this.#folder, images, size, cache, options.onProgress);
      return await cache.read(images.map(({ hash }) => hash), size);
    } finally {
      await cache.close();
    }
  }

  /**
   * Stratified k-fold cross-validation over all development images: each validates exactly once. Where the folders give
   * a validation part, its images take part like the others; `holdOut` is what uses that part.
   *
   * @throws DatasetError naming the class that has too few images or groups for k folds.
   */
  folds(k: number, { by, seed = 1 }: SplitOptions = {}): Fold[] {
    return stratifiedFolds(this.#splittable(by), k, seed);
  }

  /**
   * One split into training and validation: the validation part that the folders give, or else (and wherever `by` is
   * given) a stratified share of the development images.
   *
   * @param share Share of the development images to validate with, between 0 and 1.
   * @throws DatasetError naming the class that has too few images or groups.
   */
  holdOut(share = 0.25, { by, seed = 1 }: SplitOptions = {}): Fold {
    const given = this.development.filter((i) => this.records[i].part === "val");
    if (by === undefined && given.length > 0) {
      const train = this.development.filter((i) => this.records[i].part !== "val");
      const trained = new Set(train.map((i) => this.records[i].group));
      const whole = this.grouped && !given.some((i) => trained.has(this.records[i].group));
      return { train, validation: given, by: whole ? "group" : "image", index: 0, of: 1, seed };
    }
    return stratifiedHoldOut(this.#splittable(by), share, seed);
  }

  /**
   * A part of `fold.train` for what must be chosen while training (when to stop), so that `fold.validation` is left to
   * measure with: stratified, and whole groups at a time where the fold keeps them together. A class with fewer than
   * five images (groups) in `fold.train` gives none to it; where all are that small, it is empty.
   *
   * @param share Of `fold.train`, between 0 and 1. 0.15 by default.
   * @param seed The fold's by default.
   * @returns Indices, ascending.
   */
  innerPart(fold: Fold, { share = 0.15, seed = fold.seed }: { share?: number; seed?: number } = {}): number[] {
    return innerPart({ ...this.#splittable(fold.by), items: fold.train }, share, seed);
  }

  /**
   * A small picture of an image, cut to a square: JPEG bytes without metadata.
   *
   * @param px Height and width.
   * @throws SealedError for an image of the test set, unless the array was opened for the verdict.
   */
  async thumbnail(
    index: number,
    px: number,
    options: { readonly opened?: readonly number[] } = {},
  ): Promise<Uint8Array> {
    this.#allow("thumbnail", [index], options.opened);
    const file = join(this.#folder, this.records[index].path);
    let bytes: Uint8Array;
    try {
      bytes = await Deno.readFile(file);
    } catch (error) {
      throw new DatasetError(`Cannot read "${file}": ${reasonOf(error)}`, { cause: error });
    }
    return await decodeThumbnail(bytes, checkedSize(px));
  }

  /**
   * When development images were taken and their files changed, in the order of `indices`.
   *
   * @throws SealedError for an image of the test set.
   */
  async stamps(indices: readonly number[]): Promise<FileStamp[]> {
    this.#allow("dates", indices);
    const stamps = new Array<FileStamp>(indices.length);
    await forEachBounded(indices, 8, async (i, place) => {
      const { path, format } = this.records[i];
      stamps[place] = await stampOf(join(this.#folder, path), format);
    });
    return stamps;
  }

  /** Whether these are the images of that folder. */
  isOf(folder: string): boolean {
    return this.#folder === folder;
  }

  /**
   * The same data set with further images to train on: they come after those that are there, whose indices stay, and the
   * test set stays sealed. Where images are grouped, a further image's group may be one that is there: it is for the
   * caller to keep it out of training wherever that group is measured.
   *
   * @param more With paths below `folder`.
   */
  extended(folder: string, more: readonly ImageRecord[]): Dataset {
    const below = relative(this.#folder, folder).replaceAll("\\", "/");
    const records = more.map((record) => ({ ...record, path: `${below}/${record.path}` }));
    return new Dataset({ ...this.#content, records: [...this.records, ...records] });
  }

  /** Development images of each class, in the order of `classes`. */
  imagesPerClass(): number[] {
    return this.#countPerClass(this.development);
  }

  /** Images per class in development and test set, as a table that shows itself. */
  describe(): TableView {
    return new TableView(classTable(this, this.#counts()), { note: this.#note() });
  }

  override html(): string {
    return tableHtml(summaryTable(this)) + `<p class="plateau-note">${escapeHtml(this.#note())}</p>`;
  }

  override text(): string {
    return `${tableText(summaryTable(this))}\n${this.#note()}`;
  }

  override record(): ResultRecord {
    const groups = new Set(this.development.map((i) => this.records[i].group)).size;
    const count = (id: string, label: string, value: number, key = false) =>
      ({ id: `dataset.${id}`, label, value, unit: "count", key }) as const;
    return {
      figures: [
        count("classes", "Classes", this.classes.length, true),
        count("development", "Images for training and validation", this.development.length, true),
        ...(this.grouped ? [count("groups", "Groups for training and validation", groups)] : []),
        count("test", "Images in the sealed test set", this.test.n),
        count("skipped", "Files left out", this.skipped.length),
      ],
      tables: [summaryTable(this), classTable(this, this.#counts())],
      footer: { "Data set": `${this.name}, fingerprint ${this.fingerprint.slice(0, 12)}` },
    };
  }

  #counts(): { development: number[]; test: number[] } {
    const sealed = [...this.records.keys()].filter((i) => this.#sealed.has(i));
    return { development: this.imagesPerClass(), test: this.#countPerClass(sealed) };
  }

  #countPerClass(indices: readonly number[]): number[] {
    const counts = new Array<number>(this.classes.length).fill(0);
    for (const i of indices) counts[this.records[i].label]++;
    return counts;
  }

  #note(): string {
    const how = this.test.source === "folder" ? "given with the data" : "drawn by seed";
    const skipped = this.skipped.length > 0 ? ` ${formatCount(this.skipped.length)} files could not be used.` : "";
    return `The test set (${how}) is sealed until the verdict.${skipped}`;
  }

  #splittable(by: "group" | "image" | undefined): Splittable {
    return {
      items: this.development,
      labels: Int32Array.from(this.records, ({ label }) => label),
      groups: this.grouped && by !== "image" ? this.records.map(({ group }) => group) : null,
      classes: this.classes,
    };
  }

  /** Refuses what the seal forbids: an opened array opens itself, and nothing else. */
  #allow(what: "labels" | "pixels" | "thumbnail" | "dates", indices: readonly number[], opened = indices): void {
    const kind = this.#sealed.openedFor(opened);
    for (const i of indices) {
      if (!Number.isInteger(i) || i < 0 || i >= this.records.length) {
        throw new DatasetError(
          `Cannot read image ${i} of "${this.name}": its images are 0 to ${this.records.length - 1}`,
        );
      }
      if (!this.#sealed.has(i)) continue;
      if (kind === "verdict" || (kind === "audit" && what === "pixels")) continue;
      throw new SealedError(
        kind === "audit"
          ? `Cannot read ${what} of image ${i} of "${this.name}": an audit of the sealed test set sees no labels`
          : `Cannot read ${what} of image ${i} of "${this.name}": it is in the sealed test set. ` +
            `Use indices of development or folds; test.open("verdict", reason) is for the very end`,
      );
    }
  }
}

/** @throws DatasetError unless it is a whole number from 1 to 4096. */
export function checkedSize(size: number): number {
  if (Number.isInteger(size) && size >= 1 && size <= 4096) return size;
  throw new DatasetError(`Cannot scale images to ${size} pixels: the size must be a whole number from 1 to 4096`);
}

function fingerprint({ size, classes, records, development, grouped }: Dataset): string {
  const hash = createHash("sha256").update(JSON.stringify([1, size, classes]));
  for (const i of development) {
    const { hash: content, label, group, part } = records[i];
    hash.update(JSON.stringify([content, label, grouped ? group : null, part]));
  }
  return hash.digest("hex");
}
