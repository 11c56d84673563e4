/**
 * Training experiments and keeping their runs.
 *
 * @module
 */
export { Interrupted } from "./_loop.ts";
export { type Compact, compact } from "./compact.ts";
export { trainingConfig } from "./config.ts";
export { type DecodableImages, type FeatureOptions, features, type ImageFeatures } from "./features.ts";
export { type FedBatch, fedBatch } from "./fed_batch.ts";
export { ExperimentsFailed } from "./experiments/failed.ts";
export { trainingPlace, useWorkers } from "./experiments/use_workers.ts";
export { crossValidate, fit } from "./fit.ts";
export { type Experiment, fitAll, type FitOptions } from "./fit_all.ts";
export { type Activations, activations } from "./finetune/activations.ts";
export {
  fineTune,
  type FineTuned,
  type FineTuningOptions,
  keptFineTunings,
  type TunableImages,
} from "./finetune/fine_tune.ts";
export { tunedFeatures } from "./finetune/tuned_features.ts";
export { TunedNetwork } from "./finetune/tuned_network.ts";
export { FINE_TUNING, type FineTuningConfig, type FineTuningEpoch } from "./finetune/types.ts";
export { fitLinearHead } from "./linear_head.ts";
export { keptNumbers } from "./kept_numbers.ts";
export { linearProbe, PROBE_C, type ProbeableImages, type ProbePredictions } from "./linear_probe.ts";
export { type KernelSpec, predictInKernel } from "./heads/_dual.ts";
export { fitHead, type FitHeadOptions, MOST_HEAD_IMAGES } from "./heads/fit_head.ts";
export { type Kernel, kernelOf, type Standard, standardOf } from "./heads/kernel.ts";
export { predictHead } from "./heads/predict_head.ts";
export type { FittedHead, HeadSpec, HeadWeights, LinearWeights, MlpWeights, NearestWeights } from "./heads/types.ts";
export { keptRuns } from "./kept.ts";
export { keptWeights } from "./kept_weights.ts";
export { mirrored, mirroredFeatures } from "./mirrored.ts";
export type { Stage, Wanted } from "./_stages.ts";
export { Plan, plan } from "./plan.ts";
export { probeEach } from "./probe_each.ts";
export { crossValidateRepeatedly, type RepeatOptions, Repeats } from "./repeats.ts";
export { Run } from "./run.ts";
export {
  fitSoftmaxRegression,
  predictSoftmaxRegression,
  type SoftmaxRegression,
  type SoftmaxRegressionOptions,
} from "./softmax_regression.ts";
export { ExperimentStore, type StoredRun } from "./store.ts";
export type { DeadUnits, EpochMetrics, Loss, Schedule, TrainingConfig } from "./types.ts";
export { viewsOf } from "./_views.ts";
