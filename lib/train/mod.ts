/**
 * Training experiments and keeping their runs.
 *
 * @module
 */
export type { EpochMetrics, Run, TrainingConfig } from "./types.ts";
