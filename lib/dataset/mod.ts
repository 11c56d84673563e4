/**
 * Image folders: decoded pixels, fingerprint, splits, the sealed test set, audit, the sample.
 *
 * @module
 */
export {
  Audit,
  type AuditFacts,
  type ColourFacts,
  type DuplicateSet,
  type OddSize,
  type Spread,
} from "./audit_facts.ts";
export { audit } from "./audit.ts";
export { Dataset, type PixelOptions, type SplitOptions } from "./dataset.ts";
export { decoder } from "./_decode.ts";
export { DatasetError, SealedError } from "./errors.ts";
export { imageGrid } from "./image_grid.ts";
export { open } from "./open.ts";
export { buildSample, isCurrentSample, type SampleSummary } from "./sample/build.ts";
export type {
  Fold,
  ImageRecord,
  LedgerEntry,
  OnProgress,
  OpenOptions,
  OtherFiles,
  Part,
  ReadKind,
  SealedTest,
  SkippedFile,
} from "./types.ts";
