/**
 * The levers: tuning, augmentation, more data, pre-trained networks; and what each of them gains.
 *
 * @module
 */
export { openBackbone, OpenedBackbone } from "./backbone/opened.ts";
export { openBackbones, OpenedBackbones } from "./backbone/opened_all.ts";
export { FineTuning, fineTuning, type FineTuningComparison } from "./transfer/fine_tuning.ts";
export { activationMapper } from "./maps/activation_mapper.ts";
export { classActivation } from "./maps/class_activation.ts";
export type { HeatMap } from "./maps/heat_map.ts";
export { type MappedMistake, type Mapper, MistakeMaps, mistakeMaps } from "./maps/mistake_maps.ts";
export { type Classifier, occlusion, type OcclusionOptions } from "./maps/occlusion.ts";
export { augmentation, type AugmentationOptions } from "./augmentation/augmentation.ts";
export { type PolicyEffect, PolicyEffects, type TogetherEffect } from "./augmentation/policy_effects.ts";
export { type VariationOptions, variations } from "./augmentation/variations.ts";
export {
  type Evaluate,
  type Found,
  type Importances,
  Search,
  search,
  type SearchOptions,
  SearchSpace,
  searchSpace,
  type Settings,
} from "./search/mod.ts";
export { frozenFeatures, type Learner, networkFromNothing } from "./more_data/learner.ts";
export { checkNetworkWithReserve, moreDataForNetwork } from "./more_data/network.ts";
export { moreData, type MoreDataOptions } from "./more_data/more_data.ts";
export { NotDone } from "./more_data/not_done.ts";
export { checkWithReserve, type ReserveOptions } from "./more_data/reserve_check.ts";
export { type Arm as ReserveArm, ReserveCheck, type ReserveFacts, type Way } from "./more_data/reserve_result.ts";
export { MoreDataScope, moreDataScope } from "./more_data/scope.ts";
export { SizeCurve, type SizeFacts } from "./more_data/size_curve.ts";
export { type Half, type Halves, ThingsOrPictures, thingsOrPictures } from "./more_data/things_or_pictures.ts";
export { ablate, type AblateOptions, type Arm } from "./tune/ablate.ts";
export { Ablation, type ArmEffect, type MeasuredArm } from "./tune/ablation.ts";
export { optionEffects } from "./tune/option_effects.ts";
export { rangeTest } from "./tune/measure_range.ts";
export { type RateContrast, RateMap } from "./tune/rate_map.ts";
export { RangeTest, type RateReading, type RateSteps } from "./tune/rate_range.ts";
export { sweep } from "./tune/sweep.ts";
export { BackboneComparison, compareBackbones } from "./transfer/backbones.ts";
export { type Ensemble, Ensembles, ensembles, type Member } from "./transfer/ensembles.ts";
export { type HeadRow, Heads, heads, type HeadsOptions } from "./transfer/heads.ts";
export { keepOffers } from "./transfer/keep_offers.ts";
export { EmbeddingMap, embeddingMap } from "./transfer/map.ts";
export { type Candidate, type Family, selectHeads, type Selection } from "./transfer/selection.ts";
export { together, type TrainedNetwork } from "./transfer/together.ts";
export { furtherAdvice, type FurtherResults } from "./verdict/further_advice.ts";
export { CompleteLadder, type Figured, ladder } from "./verdict/ladder.ts";
export { Levers, levers, type Step } from "./verdict/levers.ts";
export { type NextStep, NextSteps, nextSteps } from "./verdict/next_steps.ts";
export { saveBest, SavedPipeline } from "./verdict/save_best.ts";
export { type SealedOptions, type SealedStep, SealedVerdict, sealedVerdict } from "./verdict/sealed.ts";
