/**
 * Charts, one function each. They show themselves: interactive in notebooks and reports, in words in a terminal.
 *
 * @module
 */
export { accuracyBars, type AccuracyBarsOptions, type AccuracyRow } from "./accuracy_bars.ts";
export { Chart, type ChartOptions, VEGALITE_MIME } from "./chart.ts";
export { type ClassCounts, classCounts } from "./class_counts.ts";
export { confusion } from "./confusion.ts";
export { ChartError } from "./errors.ts";
export { type ImageSize, imageSizes } from "./image_sizes.ts";
export { type LearningCurve, learningCurves, type LearningCurvesOptions } from "./learning_curves.ts";
export { regionMap } from "./region_map.ts";
export { splitComparison, type SplitRow } from "./split_comparison.ts";
export type { ScoreInterval } from "./_dots.ts";
