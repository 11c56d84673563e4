/**
 * Image folders: decoded pixels, fingerprint, splits, the sealed test set, audit, the sample.
 *
 * @module
 */
export {
  Audit,
  type AuditFacts,
  type AuditSource,
  type ColourFacts,
  type DuplicateSet,
  type NearDuplicate,
  type OddSize,
  type Spread,
} from "./audit_facts.ts";
export { CELL_LENGTH, CELLS, CELLS_LENGTH, DIRECTIONS } from "./_cells.ts";
export { audit, type AuditOptions } from "./audit.ts";
export { Dataset, type PixelOptions, type SplitOptions } from "./dataset.ts";
export { decoder } from "./_decode.ts";
export { type DecodedFile, decodeFile } from "./decode_file.ts";
export { DatasetError, SealedError } from "./errors.ts";
export { duplicateGrid } from "./duplicate_grid.ts";
export { imageGrid } from "./image_grid.ts";
export { LOOK, LOOK_LENGTH, type Looks } from "./looks.ts";
export type { Embedding } from "./near/embedding.ts";
export { NEAR, type NearPair } from "./near/near_duplicates.ts";
export { suggestGroups } from "./suggest/suggest_groups.ts";
export { type GroupPattern, SuggestedGroups } from "./suggest/suggested_groups.ts";
export type { FileStamp } from "./_stamps.ts";
export { imagesBelow } from "./images_below.ts";
export { open } from "./open.ts";
export { buildSample, isCurrentSample, type SampleSummary } from "./sample/build.ts";
export { type ReserveImage, sampleReserve, withReserve } from "./sample/reserve.ts";
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
