/**
 * Charts, one function each. They show themselves: interactive in notebooks and reports, in words in a terminal.
 *
 * @module
 */
export type { ScoreInterval } from "./_dots.ts";
export { accuracyBars, type AccuracyBarsOptions, type AccuracyRow } from "./accuracy_bars.ts";
export { accuracyLadder, type LadderRow } from "./accuracy_ladder.ts";
export { Chart, type ChartOptions, VEGALITE_MIME } from "./chart.ts";
export { type ClassCounts, classCounts } from "./class_counts.ts";
export { type ClassScoreRow, classScores, type ClassScoresOptions } from "./class_scores.ts";
export { confusion, type ConfusionOptions } from "./confusion.ts";
export { type EffectRow, effects } from "./effects.ts";
export { embeddingMap, type MapPoint } from "./embedding_map.ts";
export { ChartError } from "./errors.ts";
export { type ImageSize, imageSizes } from "./image_sizes.ts";
export { importanceBars, type ImportanceRow } from "./importance_bars.ts";
export { learningCurveBands } from "./learning_curve_bands.ts";
export { type LearningCurve, learningCurves, type LearningCurvesOptions } from "./learning_curves.ts";
export { literature, type LiteratureOptions, type LiteraturePoint, type OwnAccuracy } from "./literature.ts";
export { parallelTrials, type TrialAxis, type TrialLine } from "./parallel_trials.ts";
export { type PredictedRow, predictionCheck } from "./prediction_check.ts";
export { rateBatchMap, type RateCell } from "./rate_batch_map.ts";
export { type RateCurve, type RateMark, rateRange } from "./rate_range.ts";
export { type ConfidenceBin, reliability, type ReliabilitySeries } from "./reliability.ts";
export { regionMap } from "./region_map.ts";
export { sizeCurve, type SizeCurveOptions, type SizeSeries } from "./size_curve.ts";
export { splitComparison, type SplitRow } from "./split_comparison.ts";
export { waterfall, type WaterfallOptions, type WaterfallRow } from "./waterfall.ts";
