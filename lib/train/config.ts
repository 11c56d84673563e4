import { checkedPolicy } from "../augment/mod.ts";
import type { ModelSpec } from "../model/mod.ts";
import { MOST_VIEWS } from "./_views.ts";
import type { TrainingConfig } from "./types.ts";

const DEFAULTS: TrainingConfig = {
  epochs: 20,
  batchSize: 32,
  learningRate: 1e-3,
  earlyStopping: null,
  augmentation: null,
  loss: "categoricalCrossentropy",
  inputRange: [0, 1],
  seed: 1,
};

/**
 * Fills in what is left out: 20 epochs, batches of 32, Adam at 0.001, no early stopping, no augmentation, seed 1.
 *
 * @throws RangeError for a configuration that cannot train, naming the option and its value.
 */
export function trainingConfig(partial: Partial<TrainingConfig> = {}): TrainingConfig {
  const config = { ...DEFAULTS, ...partial };
  const { epochs, batchSize, learningRate, earlyStopping, mostImages = 1 } = config;
  demand(isCount(epochs), "epochs", "a whole number of at least 1", epochs);
  demand(isCount(batchSize), "batchSize", "a whole number of at least 1", batchSize);
  demand(learningRate > 0 && Number.isFinite(learningRate), "learningRate", "a number above 0", learningRate);
  demand(isCount(mostImages), "mostImages", "a whole number of at least 1", mostImages);
  if (earlyStopping) {
    const { patience } = earlyStopping;
    demand(isCount(patience), "earlyStopping.patience", "a whole number of at least 1", patience);
  }
  if (config.augmentation) checkedPolicy(config.augmentation);
  demandOptions(config);
  // Left out, an option is not in the experiment's hash: runs of before it are still found.
  return Object.fromEntries(
    Object.entries(config).filter(([, value]) => value !== undefined),
  ) as unknown as TrainingConfig;
}

/** What may be left out. */
function demandOptions(config: TrainingConfig): void {
  const { weightDecay = 0, labelSmoothing = 0, schedule, averaging, testTimeAugmentation = 1, epochs } = config;
  demand(weightDecay >= 0 && weightDecay < 1, "weightDecay", "a number from 0, below 1", weightDecay);
  demand(labelSmoothing >= 0 && labelSmoothing < 1, "labelSmoothing", "a share from 0, below 1", labelSmoothing);
  if (schedule?.kind === "range") {
    demand(schedule.to > 0 && Number.isFinite(schedule.to), "schedule.to", "a number above 0", schedule.to);
  } else if (schedule) {
    const { warmupEpochs } = schedule;
    const rule = `a number from 0, below the ${epochs} epochs`;
    demand(warmupEpochs >= 0 && warmupEpochs < epochs, "schedule.warmupEpochs", rule, warmupEpochs);
  }
  for (const mix of ["mixup", "cutmix"] as const) {
    const alpha = config[mix]?.alpha ?? 1;
    demand(alpha > 0 && alpha <= 8, `${mix}.alpha`, "a number above 0, at most 8", alpha);
  }
  if (averaging) {
    const { from } = averaging;
    demand(from >= 0 && from < 1, "averaging.from", "a share from 0, below 1", from);
    demand(config.earlyStopping === null, "averaging", "used without early stopping, which keeps one epoch", "both");
  }
  const weighable = config.loss === "categoricalCrossentropy" || config.loss === "cosine";
  demand(config.classWeights === undefined || weighable, "classWeights", "used with a cross-entropy", config.loss);
  const views = isCount(testTimeAugmentation) && testTimeAugmentation <= MOST_VIEWS;
  demand(views, "testTimeAugmentation", `a whole number from 1 to ${MOST_VIEWS}`, testTimeAugmentation);
}

/** The same for a model, which may want its pixels in a range of its own. */
export function configFor(model: ModelSpec, partial: Partial<TrainingConfig>): TrainingConfig {
  return trainingConfig({ ...(model.inputRange ? { inputRange: model.inputRange } : {}), ...partial });
}

function demand(fine: boolean, option: string, rule: string, value: unknown): void {
  if (!fine) throw new RangeError(`Cannot train: ${option} must be ${rule}, got ${value}`);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
