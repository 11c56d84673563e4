import { type AugmentationPolicy, policies } from "../../augment/mod.ts";
import { type ModelSpec, smallCnn } from "../../model/mod.ts";
import type { TrainingConfig } from "../../train/mod.ts";
import { AS_IT_IS } from "./space.ts";
import type { Setting, Settings } from "./types.ts";

const both = (name: string, ...list: readonly AugmentationPolicy[]): AugmentationPolicy => ({
  name,
  operations: list.flatMap(({ operations }) => operations),
});

const POLICIES: Readonly<Record<string, AugmentationPolicy | null>> = {
  "none": null,
  "flip": policies.flip,
  "flip, shift": policies.flipShift,
  "flip, crop, colour": both("flip-crop-colour", policies.flip, policies.crop, policies.colour),
  "TrivialAugment": both("flip-shift-trivial", policies.flipShift, policies.trivial),
};

/** Beta distribution that mixing weights are drawn from: mild for mixup on small data, even for cutmix, as in their papers. */
const MIXUP = 0.2, CUTMIX = 1;
/** Weights are averaged over the last quarter of the epochs. */
const AVERAGED_FROM = 0.75;

const ENDINGS: Readonly<Record<string, (epochs: number) => Partial<TrainingConfig>>> = {
  "stopped early": () => ({ earlyStopping: { patience: 15 } }),
  "cosine": (epochs) => ({ schedule: { kind: "cosine", warmupEpochs: Number((epochs / 20).toFixed(2)) } }),
  "averaged": () => ({ averaging: { from: AVERAGED_FROM } }),
};

/**
 * What a trial trains. Settings that are left out are those of training without a search, and what those settings do not
 * use is not in the configuration: so a trial like that is found among the runs that other notebooks have trained.
 *
 * @param base What all trials have in common: the seed, and a limit of images where time is short.
 */
export function trialRecipe(
  settings: Settings,
  epochs: number,
  base: Pick<TrainingConfig, "seed"> & Pick<Partial<TrainingConfig>, "mostImages">,
): { readonly model: ModelSpec; readonly config: Partial<TrainingConfig> } {
  const of = (name: string): Setting => settings[name] ?? AS_IT_IS[name];
  const [weightDecay, labelSmoothing, dropout, width] = ["weightDecay", "labelSmoothing", "dropout", "width"]
    .map((name) => Number(of(name)));
  const size = { ...(width === 1 ? {} : { width }), ...(dropout === 0 ? {} : { dropout }) };
  return {
    model: Object.keys(size).length === 0 ? smallCnn() : smallCnn(size),
    config: {
      epochs,
      augmentation: POLICIES[String(of("augmentation"))],
      ...ENDINGS[String(of("ending"))](epochs),
      ...different("learningRate", of("learningRate")),
      ...different("batchSize", of("batchSize")),
      ...(weightDecay === 0 ? {} : { weightDecay }),
      ...(labelSmoothing === 0 ? {} : { labelSmoothing }),
      ...(of("mixing") === "mixup" ? { mixup: { alpha: MIXUP } } : {}),
      ...(of("mixing") === "cutmix" ? { cutmix: { alpha: CUTMIX } } : {}),
      ...(of("loss") === "cosine" ? { loss: "cosine" } : {}),
      ...(of("balance") === "balanced" ? { classWeights: "balanced" } : {}),
      ...base,
    },
  };
}

function different(name: string, value: Setting): Readonly<Record<string, number>> {
  return value === AS_IT_IS[name] ? {} : { [name]: Number(value) };
}
