import { finding } from "../finding.ts";
import { counted } from "../_words.ts";
import type { LayerFacts, ModelFacts } from "./facts.ts";
import type { LintRule } from "./context.ts";

/** What goes in are square RGB images. */
export const wrongInput: LintRule = (model) => {
  const [height, width, channels] = model.input;
  if (model.input.length !== 3) {
    return finding({
      code: "wrong-input",
      severity: "error",
      sentence: `The model takes ${
        by(model.input) || "single numbers"
      } as input, but an image is height\u00d7width\u00d73.`,
      remedy: "Begin with the image (height, width, 3), and flatten it inside the model where that is wanted.",
    });
  }
  // A length that is left open is no number.
  if (channels === 3 && (height === width || Number.isNaN(height) || Number.isNaN(width))) return null;
  return finding({
    code: "wrong-input",
    severity: "error",
    sentence: channels === 3
      ? `The model takes ${by([height, width])} images, but those here are cut to squares.`
      : `The model takes images of ${counted(channels, "channel")} (${by(model.input)}), but those here have 3: red, ` +
        "green and blue.",
    evidence: [{ id: "lint.channels", label: "Channels of the input", value: channels, unit: "count" }],
    remedy: channels === 3
      ? `Build it for square images, as ${height}\u00d7${height}.`
      : "Build it with an input of (height, width, 3); where colour should not count, average the channels inside the model.",
  });
};

/** Layers with weights that act on each place of a map alone when nothing flattens it before. */
function denseOnMap(model: ModelFacts): LayerFacts | undefined {
  return model.layers.find((layer) => layer.type === "Dense" && layer.input.length > 1);
}

/** A dense layer that gets a map instead of a row of numbers: Keras builds it without a word. */
export const missingFlatten: LintRule = (model) => {
  const dense = denseOnMap(model);
  if (!dense) return null;
  const [height, width] = dense.input;
  return finding({
    code: "missing-flatten",
    severity: "error",
    sentence:
      `Nothing stands between the feature map (${by(dense.input)}) and the dense layer "${dense.name}". It gives ` +
      `${height * width} answers per image, one for each place of the map (${by(dense.output)}), instead of one.`,
    evidence: [{ id: "lint.answers-per-image", label: "Answers per image", value: height * width, unit: "count" }],
    remedy:
      "Put a Flatten layer, or better GlobalAveragePooling2D, which needs far fewer weights, before the dense layer.",
  });
};

/** The output is a row, but not one number per class. */
export const wrongOutput: LintRule = (model, { classes, loss }) => {
  const output = model.layers.at(-1)?.output;
  if (!output || denseOnMap(model)) return null;
  const units = output[output.length - 1];
  if (output.length === 1 && units === classes) return null;
  if (output.length === 1 && units === 1 && classes === 2 && loss === "binarycrossentropy") return null;
  return finding({
    code: "wrong-output",
    severity: "error",
    sentence: output.length === 1
      ? `The last layer gives ${counted(units, "number")} per image, but there are ${
        counted(classes, "class", "classes")
      }.`
      : `The last layer gives a map (${by(output)}) per image instead of one number for each of ${classes} classes.`,
    evidence: [
      { id: "lint.units", label: "Numbers from the last layer", value: units, unit: "count" },
      { id: "lint.classes", label: "Classes", value: classes, unit: "count" },
    ],
    remedy: `End with a dense layer of ${classes} units and softmax.`,
  });
};

/** Strides and poolings have eaten the map up. */
export const tooDeep: LintRule = (model) => {
  const gone = model.layers.find((layer) => layer.output.length === 3 && layer.output.some((length) => length < 1));
  if (!gone) return null;
  return finding({
    code: "too-deep",
    severity: "error",
    sentence: `Nothing of a ${by(model.input.slice(0, 2))} image is left after the layer "${gone.name}": its map is ` +
      `${by(gone.output)}.`,
    remedy: 'Leave out a pooling or stride, use padding "same", or give the model larger images.',
  });
};

/** Convolutions without anything between them are one convolution. */
export const noActivation: LintRule = (model) => {
  const straight = model.layers.find((layer, i) => {
    if (!layer.type.startsWith("Conv") || layer.activation !== "linear") return false;
    const rest = model.layers.slice(i + 1);
    const next = rest.findIndex((later) => later.type.startsWith("Conv") || later.type === "Dense");
    if (next < 0) return false;
    return !rest.slice(0, next).some(({ type, activation }) =>
      (activation !== null && activation !== "linear") || type === "MaxPooling2D"
    ) && model.layers.every(({ type }) => type !== "Add" && type !== "Concatenate");
  });
  if (!straight) return null;
  return finding({
    code: "no-activation",
    severity: "warning",
    sentence: `No activation follows the layer "${straight.name}", so it and the next layer can do no more than one ` +
      "of them alone.",
    remedy: 'Give it activation: "relu", or put a ReLU layer behind it.',
  });
};

function by(shape: readonly number[]): string {
  return shape.join("\u00d7");
}
