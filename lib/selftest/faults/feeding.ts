import type { Fault } from "../types.ts";
import { withHead } from "../_models.ts";

/** Pixels of 0 to 255. */
export const unscaledPixels: Fault = {
  name: "unscaled-pixels",
  what: "pixels go in as 0 to 255",
  looks: ["lint"],
  expects: ["unscaled-inputs"],
  plantSetting: (setting) => ({ ...setting, config: { ...setting.config, inputRange: [0, 255] } }),
};

/** Labels of 1 to K, or a model without an output for the last class. */
export const targetsOutOfRange: Fault = {
  name: "targets-out-of-range",
  what: "the labels run from 1 to K, or the model has one output too few",
  looks: ["lint"],
  expects: ["targets-out-of-range", "wrong-output"],
  plantSetting(setting, random) {
    if (random.integer(2) === 0) {
      return { ...setting, model: withHead(setting.model, "one-too-few", (classes) => ({ units: classes - 1 })) };
    }
    return {
      ...setting,
      loss: "sparseCategoricalCrossentropy",
      feed: (batch) => {
        const [n, classes] = batch.targetShape;
        const numbers = Array.from({ length: n }, (_, i) => {
          const row = Array.from({ length: classes }, (_, k) => batch.targets[i * classes + k]);
          return 1 + row.indexOf(1);
        });
        return { ...batch, targets: numbers, targetShape: [n] };
      },
    };
  },
};
