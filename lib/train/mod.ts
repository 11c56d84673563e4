/**
 * Training experiments and keeping their runs.
 *
 * @module
 */
export { Interrupted } from "./_loop.ts";
export { type Compact, compact } from "./compact.ts";
export { trainingConfig } from "./config.ts";
export { type DecodableImages, type FeatureOptions, features, type ImageFeatures } from "./features.ts";
export { crossValidate, fit } from "./fit.ts";
export { linearProbe, type ProbeableImages, type ProbePredictions } from "./linear_probe.ts";
export { Plan, plan } from "./plan.ts";
export { Run } from "./run.ts";
export {
  fitSoftmaxRegression,
  predictSoftmaxRegression,
  type SoftmaxRegression,
  type SoftmaxRegressionOptions,
} from "./softmax_regression.ts";
export { ExperimentStore, type StoredRun } from "./store.ts";
export type { DeadUnits, EpochMetrics, Loss, TrainingConfig } from "./types.ts";
