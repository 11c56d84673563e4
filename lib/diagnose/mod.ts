/**
 * Baselines, verdicts, lint: what is wrong, what it rests on, what to do. Results display themselves.
 *
 * @module
 */
export { type Baseline, type BaselineOptions, Baselines, baselines } from "./baselines.ts";
export { suggestedGroupsFindings } from "./audit/groups_suggested.ts";
export { type Calibrated, Calibration, calibration, type CalibrationVerdict } from "./calibration.ts";
export { ChartedResult } from "./_charted.ts";
export { type ClassPair, ClassPairs, classPairs, type Merged } from "./class_pairs.ts";
export { ClassScores, classScores, type NamedScore } from "./class_scores.ts";
export { type Comparable, compare, Comparison, type ScoredRepeats } from "./compare.ts";
export { ConfidentMistakes, confidentMistakes, type Mistake } from "./confident_mistakes.ts";
export { type ConfusedPair, Confusion, confusion, type GalleryOptions, type Mistaken } from "./confusion.ts";
export {
  type CrossValidated,
  CrossValidation,
  crossValidation,
  type FoldAccuracy,
  type FoldRun,
  type RepeatedRuns,
  type Spread,
} from "./cross_validation.ts";
export { ShortcutRegion, shortcutRegion } from "./audit/shortcut_region.ts";
export { auditFindings, dataAudit } from "./data_audit.ts";
export { DiagnosisError } from "./errors.ts";
export { finding, type FindingParts, worstFirst } from "./finding.ts";
export { type ImportedHistory, importHistory } from "./imported/history.ts";
export {
  type ImportedPredictions,
  type ImportOptions,
  importPredictions,
  type NamedImages,
  ownPredictions,
} from "./imported/predictions.ts";
export { Elsewhere, trainedElsewhere } from "./imported/elsewhere.ts";
export { type AskedImages, human, HumanBaseline, type HumanOptions, type PeopleAnswers } from "./human.ts";
export type { LabelledImage, LabelledImages, ReadableImages } from "./images.ts";
export {
  type ConfidentJoint,
  confidentJoint,
  estimatedErrors,
  type Suspect,
  suspectsOf,
} from "./label_errors/confident_learning.ts";
export {
  type LabelErrorOptions,
  LabelErrors,
  labelErrors,
  labelErrorsOf,
  type LabelSuspect,
  type ProbedImages,
} from "./label_errors/label_errors.ts";
export { type LeakageOptions, type LeakageRow, SplitLeakage, splitLeakage, type SplittableImages } from "./leakage.ts";
export { learningCurves, type TrainedRun, Verdict, type VerdictName } from "./learning_curves.ts";
export { lint, lintAsPosted, type LintContext, type ValidationSplit } from "./lint/mod.ts";
export {
  chanceAdjusted,
  citedFact,
  Literature,
  literature,
  type LiteratureOptions,
  type LiteratureRow,
  type OwnResult,
  shippedRows,
} from "./literature/mod.ts";
export { type DescribedImages, nearestByFeatures, type NearPair } from "./nearest_by_features.ts";
export type { PicturedImages } from "./_pictures.ts";
export { OwnModel, ownModel } from "./own_model.ts";
export { predictedClasses, type PredictingRun, type Predictions, predictionsOf } from "./predictions.ts";
export { Probe, probe, type ProbeOptions } from "./probe.ts";
export { type ProofOptions, prove } from "./prove/mod.ts";
export { type HashedImages, KeptForNext, keptForNext } from "./since_last/kept_for_next.ts";
export { type KeptStates, nextStates, type RememberedImage, type ReportState } from "./since_last/report_state.ts";
export { type ClassChange, type ModelChange, SinceLast, sinceLast } from "./since_last/since_last.ts";
export type { Scored, ScoredRun } from "./scored.ts";
export { Studied, studied } from "./studied.ts";
