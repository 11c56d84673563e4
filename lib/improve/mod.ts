/**
 * The levers: tuning, augmentation, more data, pre-trained networks; and what each of them gains.
 *
 * @module
 */
export { openBackbone, OpenedBackbone } from "./backbone/opened.ts";
export { FineTuning, fineTuning, type FineTuningComparison } from "./transfer/fine_tuning.ts";
export { activationMapper } from "./maps/activation_mapper.ts";
export { classActivation } from "./maps/class_activation.ts";
export type { HeatMap } from "./maps/heat_map.ts";
export { type MappedMistake, type Mapper, MistakeMaps, mistakeMaps } from "./maps/mistake_maps.ts";
export { type Classifier, occlusion, type OcclusionOptions } from "./maps/occlusion.ts";
export { BackboneComparison, compareBackbones } from "./transfer/backbones.ts";
export { type Ensemble, Ensembles, ensembles, type Member } from "./transfer/ensembles.ts";
export { type HeadRow, Heads, heads, type HeadsOptions } from "./transfer/heads.ts";
export { keepOffers } from "./transfer/keep_offers.ts";
export { EmbeddingMap, embeddingMap } from "./transfer/map.ts";
export { type Candidate, type Family, selectHeads, type Selection } from "./transfer/selection.ts";
export { together, type TrainedNetwork } from "./transfer/together.ts";
