import { formatShare } from "../../display/mod.ts";
import { finding } from "../finding.ts";
import type { LintRule } from "./context.ts";

const CATEGORICAL = ["categoricalcrossentropy", "sparsecategoricalcrossentropy"];

/** What the last layer does must be what the loss expects of it: softmax for cross-entropy over classes. */
export const lossAgainstActivation: LintRule = (model, { loss, classes }) => {
  const last = model.layers.at(-1);
  if (!last) return null;
  const activation = last.activation ?? "linear";
  const mend = `End with softmax over ${classes} units and use categorical cross-entropy.`;
  const fault = (severity: "error" | "warning", sentence: string) =>
    finding({ code: "loss-against-activation", severity, sentence, remedy: mend });

  if (activation === "softmax" && last.output.at(-1) === 1) {
    return fault("error", "Softmax over a single unit always gives 1: the model cannot tell anything apart.");
  }
  if (CATEGORICAL.includes(loss)) {
    if (activation === "softmax") return null;
    if (activation === "sigmoid") {
      return fault(
        "warning",
        "The last layer uses sigmoid, which scores each class by itself, but the loss expects the scores of an image " +
          "to add up to 1.",
      );
    }
    return fault(
      "error",
      activation === "linear"
        ? "The last layer has no softmax, but the loss takes its numbers for probabilities: negative ones have no logarithm."
        : `The last layer uses ${activation}, but the loss takes its numbers for probabilities that add up to 1.`,
    );
  }
  if (loss === "binarycrossentropy") {
    if (classes === 2 && activation === "sigmoid") return null;
    if (activation === "linear") {
      return fault(
        "error",
        "The last layer has no sigmoid or softmax, but the loss takes its numbers for probabilities.",
      );
    }
    if (classes > 2) {
      return fault(
        "error",
        `Binary cross-entropy makes ${classes} yes-or-no questions of one question with ${classes} answers. The ` +
          `"accuracy" shown with it counts them all: always answering no gets ${
            formatShare(1 - 1 / classes, { exact: true })
          }.`,
      );
    }
    return null;
  }
  if (loss === "meansquarederror" && (activation === "softmax" || activation === "sigmoid")) {
    return fault(
      "warning",
      `Mean squared error after ${activation} learns slowly where the model is most wrong; cross-entropy does not.`,
    );
  }
  return null;
};

/** One-hot rows and class numbers each have their own loss. */
export const labelEncoding: LintRule = (_model, { loss, labels, classes }) => {
  const wrong = labels === "integer" ? loss === "categoricalcrossentropy" : loss === "sparsecategoricalcrossentropy";
  const wrongBinary = loss === "binarycrossentropy" && labels === "integer" && classes > 2;
  if (!wrong && !wrongBinary) return null;
  return finding({
    code: "label-encoding",
    severity: "error",
    sentence: labels === "integer"
      ? `The labels are class numbers (0 to ${
        classes - 1
      }), but this loss expects one row of ${classes} numbers per image.`
      : `The labels are rows of ${classes} numbers, but this loss expects one class number per image.`,
    remedy: labels === "integer"
      ? "Use sparse categorical cross-entropy, or turn the labels into one-hot rows."
      : "Use categorical cross-entropy, or give the class numbers as they are.",
  });
};
