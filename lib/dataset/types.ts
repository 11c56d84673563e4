/** One readable image of a data set. */
export interface ImageRecord {
  /** Path below the data set's folder, with "/" between its parts. */
  readonly path: string;
  /** Index into `Dataset.classes`. */
  readonly label: number;
  /** What must never be split across training and test; the path itself where no groups are known. */
  readonly group: string;
  /** The part that the folders or the metadata put it in, or null where they say nothing. */
  readonly part: "train" | "val" | "test" | null;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly hash: string;
  /** Pixels, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** "jpeg", "png", … as sharp names it. */
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
