/**
 * Statistics: intervals, tests, agreement, calibration, selection, seeded randomness. Knows nothing of images or models.
 *
 * @module
 */
export { accuracyInterval, type AccuracyOptions } from "./accuracy_interval.ts";
export { bootstrapInterval, type BootstrapOptions } from "./bootstrap.ts";
export { brier } from "./brier.ts";
export { type ClassScore, classScores } from "./class_scores.ts";
export { clopperPearson } from "./clopper_pearson.ts";
export { cohenKappa } from "./cohen_kappa.ts";
export {
  correctedInterval,
  correctedTest,
  correctedVariance,
  type FoldSizes,
  type FoldTest,
} from "./corrected_resampled.ts";
export {
  crossValidatedAccuracy,
  crossValidatedDifference,
  type FoldedComparison,
  type FoldedImages,
  type OutOfFold,
} from "./cross_validated.ts";
export { type DetectableOptions, minimumDetectableDifference } from "./detectable.ts";
export { StatsError } from "./errors.ts";
export { foldCorrection } from "./fold_correction.ts";
export { fleissKappa } from "./fleiss_kappa.ts";
export { holm } from "./holm.ts";
export { imagesNeeded, type PrecisionOptions } from "./images_needed.ts";
export type { Interval } from "./interval.ts";
export { krippendorffAlpha } from "./krippendorff_alpha.ts";
export { logLoss } from "./log_loss.ts";
export { metricInterval, type MetricOptions } from "./metric_interval.ts";
export {
  pairedDifference,
  type PairedIntervalOptions,
  type PairedOptions,
  type PairedTest,
  pairedTest,
} from "./paired.ts";
export { fitPowerLaw, type PowerLaw, powerLawAt, type SizedError } from "./power_law.ts";
export { Random } from "./random.ts";
export { recallTest, type RecallTestOptions } from "./recalls.ts";
export {
  expectedCalibrationError,
  type ReliabilityBin,
  reliabilityBins,
  type ReliabilityOptions,
} from "./reliability.ts";
export { accuracy, balancedAccuracy, confusionMatrix, macroF1 } from "./scores.ts";
export { type NestedOptions, nestedSelection, selectBest, type Selection, type SelectionOptions } from "./selection.ts";
export { applyTemperature, fitTemperature } from "./temperature.ts";
export { wilson } from "./wilson.ts";
