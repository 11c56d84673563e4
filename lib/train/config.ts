import { checkedPolicy } from "../augment/mod.ts";
import type { ModelSpec } from "../model/mod.ts";
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
  const { balanced, ...rest } = config;
  // Left out, it is not in the experiment's hash: runs of before the option are still found.
  return balanced ? { ...rest, balanced } : rest;
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
