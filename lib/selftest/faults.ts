import { missingPooling, wrongLoss } from "./faults/architecture.ts";
import { duplicatesAcrossSplits, tinyClass } from "./faults/copies.ts";
import { targetsOutOfRange, unscaledPixels } from "./faults/feeding.ts";
import { labelsShuffled } from "./faults/labels.ts";
import { grey, turned, watermark } from "./faults/pictures.ts";
import { rateTooHigh, rateTooLow, tinyBatches } from "./faults/rates.ts";
import { validationOffTheEnd } from "./faults/splits.ts";
import type { Fault } from "./types.ts";

/** All faults that are planted, those of the data first. */
export const FAULTS: readonly Fault[] = [
  labelsShuffled,
  duplicatesAcrossSplits,
  tinyClass,
  watermark,
  turned,
  grey,
  unscaledPixels,
  targetsOutOfRange,
  rateTooHigh,
  rateTooLow,
  tinyBatches,
  missingPooling,
  wrongLoss,
  validationOffTheEnd,
];
