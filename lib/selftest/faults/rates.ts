import type { Fault, Setting } from "../types.ts";

const FACTOR = 100;

/** The verdict on a training that was really run is what must tell. */
export const rateTooHigh: Fault = {
  name: "learning-rate-too-high",
  what: "the learning rate is a hundred times too high",
  looks: ["training"],
  expects: ["diverging", "underfitting"],
  plantSetting: (setting) => withRate(setting, setting.config.learningRate * FACTOR),
};

export const rateTooLow: Fault = {
  name: "learning-rate-too-low",
  what: "the learning rate is a hundred times too low",
  looks: ["training"],
  expects: ["not-converged", "underfitting"],
  plantSetting: (setting) => withRate(setting, setting.config.learningRate / FACTOR),
};

/** Batches of 4 at three times the usual rate. */
export const tinyBatches: Fault = {
  name: "batch-of-4-at-a-high-rate",
  what: "batches of 4 at a high learning rate",
  looks: ["lint"],
  expects: ["batch-against-learning-rate"],
  plantSetting: (setting) => ({ ...setting, config: { ...setting.config, batchSize: 4, learningRate: 0.003 } }),
};

function withRate(setting: Setting, learningRate: number): Setting {
  return { ...setting, config: { ...setting.config, learningRate } };
}
