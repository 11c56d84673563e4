/**
 * Baselines, verdicts, lint: what is wrong, what it rests on, what to do. Results display themselves.
 *
 * @module
 */
export { type Baseline, type BaselineOptions, Baselines, baselines } from "./baselines.ts";
export { type Comparable, compare, Comparison } from "./compare.ts";
export { suggestedGroupsFindings } from "./audit/groups_suggested.ts";
export { ShortcutRegion, shortcutRegion } from "./audit/shortcut_region.ts";
export { auditFindings, dataAudit } from "./data_audit.ts";
export { DiagnosisError } from "./errors.ts";
export { finding, type FindingParts, worstFirst } from "./finding.ts";
export type { LabelledImage, LabelledImages, ReadableImages } from "./images.ts";
export { type LeakageOptions, type LeakageRow, SplitLeakage, splitLeakage, type SplittableImages } from "./leakage.ts";
export { learningCurves, type TrainedRun, Verdict, type VerdictName } from "./learning_curves.ts";
export { lint, lintAsPosted, type LintContext, type ValidationSplit } from "./lint/mod.ts";
export { predictedClasses, type PredictingRun, type Predictions, predictionsOf } from "./predictions.ts";
export type { Scored, ScoredRun } from "./scored.ts";
