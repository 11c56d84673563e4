import { formatNumber } from "../../display/mod.ts";
import { finding } from "../finding.ts";
import { counted } from "../_words.ts";
import type { LintRule } from "./context.ts";

/** Labels as they are fed must name outputs that the model has: engines take others without a word, or crash late. */
export const targetsOutOfRange: LintRule = (model, { fed, classes }) => {
  const units = model.layers.at(-1)?.output.at(-1);
  // One unit answers yes or no; what fits it is for the loss to say.
  if (!fed || !units || units < 2) return null;
  const { encoding, low, high, width, whole, n } = fed.targets;
  const fault = (sentence: string, remedy: string) =>
    finding({
      code: "targets-out-of-range",
      severity: "error",
      sentence,
      evidence: [
        { id: "lint.targets.low", label: "Smallest number among the labels", value: low, unit: "number", n },
        { id: "lint.targets.high", label: "Largest number among the labels", value: high, unit: "number", n },
        { id: "lint.targets.units", label: "Outputs of the model", value: units, unit: "count" },
      ],
      remedy,
    });
  if (encoding === "one-hot") {
    // Right labels and a model of another width: `wrong-output` says so.
    if (width !== units && width === classes) return null;
    if (width !== units) {
      return fault(
        `The labels are rows of ${width} numbers, but the model has ${counted(units, "output")}.`,
        `Make rows of ${units} numbers: class numbers begin with 0, so one-hot rows need no place for a class ${units}.`,
      );
    }
    if (low >= 0 && high <= 1) return null;
    return fault(
      `The labels are rows with numbers from ${formatNumber(low)} to ${formatNumber(high)}, where shares from 0 to 1 ` +
        "are expected.",
      "Give each image a row with a 1 at its class and 0 elsewhere.",
    );
  }
  if (whole && low >= 0 && high < units) return null;
  return fault(
    `The labels are numbers from ${formatNumber(low)} to ${formatNumber(high)}` +
      (whole ? "" : ", not all of them whole") +
      `, but the model's ${counted(units, "output")} stand for 0 to ${units - 1}.`,
    low >= 1 && high === units
      ? `Number the classes from 0: subtract 1 from every label.`
      : `Number the classes from 0 to ${units - 1}, or give the last layer one unit per class.`,
  );
};
