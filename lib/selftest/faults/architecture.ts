import { type ModelSpec, threadCnn } from "../../model/mod.ts";
import type { Fault } from "../types.ts";
import { withHead } from "../_models.ts";

/** Nothing between the convolutions and the dense layer: the CNN of the question as it was posted. */
export const missingPooling: Fault = {
  name: "missing-pooling",
  what: "nothing stands between the convolutions and the dense layer",
  looks: ["lint"],
  expects: ["missing-flatten"],
  plantSetting: (setting) => ({ ...setting, model: threadCnn({ asPosted: true }) }),
};

/** The loss does not fit what the last layer gives: one of three ways, by seed. */
export const wrongLoss: Fault = {
  name: "wrong-loss",
  what: "the loss does not fit the activation of the last layer",
  looks: ["lint"],
  expects: ["loss-against-activation"],
  plantSetting(setting, random) {
    const headed = (activation: "linear" | "sigmoid"): ModelSpec =>
      withHead(setting.model, activation, (classes) => ({ units: classes, activation }));
    const ways = [
      () => ({ ...setting, config: { ...setting.config, loss: "binaryCrossentropy" as const } }),
      () => ({ ...setting, model: headed("linear") }),
      () => ({ ...setting, model: headed("sigmoid") }),
    ];
    return ways[random.integer(ways.length)]();
  },
};
