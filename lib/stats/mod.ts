/**
 * Statistics: intervals, tests, seeded randomness. Knows nothing of images or models.
 *
 * @module
 */
export { accuracyInterval, type AccuracyOptions } from "./accuracy_interval.ts";
export { type DetectableOptions, minimumDetectableDifference } from "./detectable.ts";
export { StatsError } from "./errors.ts";
export type { Interval } from "./interval.ts";
export {
  pairedDifference,
  type PairedIntervalOptions,
  type PairedOptions,
  type PairedTest,
  pairedTest,
} from "./paired.ts";
export { Random } from "./random.ts";
export { accuracy, balancedAccuracy, confusionMatrix, macroF1 } from "./scores.ts";
export { wilson } from "./wilson.ts";
