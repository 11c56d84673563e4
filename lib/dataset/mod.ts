/**
 * Image folders: decoded pixels, fingerprint, splits, the sealed test set, audit, the sample.
 *
 * @module
 */
export type { Fold, ImageRecord, LedgerEntry, ReadKind, SkippedFile } from "./types.ts";
