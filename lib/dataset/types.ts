/** Which part of a data set the folders or the metadata put an image in. */
export type Part = "train" | "val" | "test";

/** One readable image of a data set. */
export interface ImageRecord {
  /** Path below the data set's folder, with "/" between its parts. */
  readonly path: string;
  /** Index into `Dataset.classes`. */
  readonly label: number;
  /** What must never be split across training and test; the path itself where no groups are known. */
  readonly group: string;
  /** The part that the folders or the metadata put it in, or null where they say nothing. */
  readonly part: Part | null;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly hash: string;
  /** Pixels, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** "jpeg", "png", "webp", "gif", "avif" or "tiff", by content. */
  readonly format: string;
  /** Size of the file. */
  readonly bytes: number;
}

/** A file that looked like an image and is left out. */
export interface SkippedFile {
  readonly path: string;
  /** The class whose folder it lies in, where known. */
  readonly class: string | null;
  /** What is wrong with it, one clause: "empty file", "truncated PNG", "HEIC is not supported". */
  readonly reason: string;
  /** What to do about it: "convert it with `heif-convert IMG.heic IMG.jpg`". */
  readonly remedy: string;
}

/** Files that are not images and were left alone (notes, lists). */
export interface OtherFiles {
  readonly n: number;
  /** The first few paths. */
  readonly examples: readonly string[];
}

/** Indices into `Dataset.records`, for training and for measuring. None of them is in the sealed test set. */
export interface Fold {
  readonly train: readonly number[];
  readonly validation: readonly number[];
  /** Whether whole groups were kept together. */
  readonly by: "group" | "image";
  /** Which fold of how many: 0-based. */
  readonly index: number;
  readonly of: number;
  readonly seed: number;
}

/** Why the sealed test set was read: label-free `audit`, or the `verdict` at the very end. */
export type ReadKind = "audit" | "verdict";

export interface LedgerEntry {
  readonly kind: ReadKind;
  readonly reason: string;
  /** Images read. */
  readonly n: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The test set, which training, selection and every accuracy before the verdict leave alone. */
export interface SealedTest {
  /** Images. */
  readonly n: number;
  /** Distinct groups. */
  readonly groups: number;
  /** Whether the folders (or the metadata) gave it, or it was drawn by seed. */
  readonly source: "folder" | "seed";
  /**
   * Writes the read into the ledger, then returns the indices of the test images. The returned array is the key:
   * `dataset.pixels(opened)` works, and `dataset.pixels(part, { opened })` for a part of it. Labels need a `verdict`.
   */
  open(kind: ReadKind, reason: string): Promise<number[]>;
  /** Every read so far, of this process and earlier ones, oldest first. */
  ledger(): LedgerEntry[];
}

/** Called now and then while images are decoded. */
export type OnProgress = (done: number, total: number) => void;

export interface OpenOptions {
  /** Working resolution: images are cut and scaled to size x size pixels. 64 by default. */
  readonly size?: number;
  /** Which test set is drawn where the folders give none. 1 by default. */
  readonly seed?: number;
  /** Share of the images to seal where the folders give no test part, between 0 and 1. 0.2 by default. */
  readonly testShare?: number;
  /** A CSV file with the columns `file_name` and `group`. By default `groups.csv` in the folder, if it is there. */
  readonly groups?: string;
  readonly onProgress?: OnProgress;
}
