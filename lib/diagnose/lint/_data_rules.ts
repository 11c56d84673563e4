import { type Figure, type FindingRecord, formatNumber } from "../../display/mod.ts";
import { finding } from "../finding.ts";
import { counted, listed, percent, roughly } from "../_words.ts";
import { type LintRule, type Setting, shareOf } from "./context.ts";
import type { ModelFacts } from "./facts.ts";

/** Beyond this, inputs count as unscaled: scaled or standardised ones stay within some units of 0. */
const LARGEST_INPUT = 10;

/** Weights are drawn for inputs of about unit size; pixels of 0 to 255 make the first steps a hundredfold too large. */
export const unscaledInputs: LintRule = (model, { inputRange: [low, high], fed }) => {
  if (Math.max(Math.abs(low), Math.abs(high)) <= LARGEST_INPUT) return null;
  // Only what comes before the first weights helps them.
  const firstWeights = model.layers.findIndex(({ type }) => type.startsWith("Conv") || type === "Dense");
  const scaled = model.layers.slice(0, Math.max(0, firstWeights))
    .some(({ type }) => /^(Rescaling|Normalization|BatchNormalization|LayerNormalization)$/.test(type));
  if (scaled) return null;
  return finding({
    code: "unscaled-inputs",
    severity: "warning",
    sentence: `The pixels go in as ${formatNumber(low)} to ${formatNumber(high)}, and no layer scales them. Initial ` +
      "weights are made for values of about 1.",
    evidence: fed === null ? [] : [
      { id: "lint.input-low", label: "Smallest input of a batch", value: low, unit: "number", n: fed.inputs.n },
      { id: "lint.input-high", label: "Largest input of a batch", value: high, unit: "number", n: fed.inputs.n },
    ],
    remedy: "Divide by 255, or begin the model with a Rescaling layer.",
  });
};

/** Keras takes the validation images off the end, before it shuffles: in folder order, those are the last classes. */
export const validationOffTheEnd: LintRule = (_model, setting) => {
  const { validationSplit, order, classCounts, classes, images } = setting;
  if (!validationSplit?.fromEnd) return null;
  const share = shareOf(validationSplit);
  const { orderedByClass } = validationSplit;
  if (orderedByClass === undefined && order) {
    const cut = cutOffInOrder(order, share);
    // In a random order a tiny class may lack validation images too; that is no fault of the order.
    if (!isOrdered(order) || cut.untrained.length + cut.unmeasured.length === 0) return null;
    return offTheEnd(share, cut, true, [...new Set(order)]);
  }
  if (orderedByClass === false) return null;
  const counts = classCounts ?? evenly(classes, images);
  return offTheEnd(
    share,
    cutOff(counts, share),
    orderedByClass === true,
    classCounts && counts.map(({ name }) => name),
  );
};

/** @param names Of all classes; null where only their number is known. */
function offTheEnd(
  share: number,
  { untrained, unmeasured }: ReturnType<typeof cutOff>,
  sure: boolean,
  names: readonly string[] | null,
): FindingRecord {
  const which = names ? ` (${listed(untrained)})` : "";
  const consequence = untrained.length > 0
    ? `${counted(untrained.length, "class is", "classes are")} never trained on${which}, and ` +
      `${counted(unmeasured.length, "class is", "classes are")} never measured`
    : names
    ? `validation measures only ${listed(names.filter((name) => !unmeasured.includes(name)))}`
    : `${counted(unmeasured.length, "class is", "classes are")} never measured`;
  const what = `validation_split takes the last ${percent(share)} of the images before any shuffling.`;
  return finding({
    code: "validation-off-the-end",
    severity: sure ? "error" : "warning",
    sentence: sure
      ? `${what} The images come folder by folder, so ${consequence}.`
      : `${what} If they come folder by folder, ${consequence}.`,
    evidence: [
      { id: "lint.untrained-classes", label: "Classes never trained on", value: untrained.length, unit: "count" },
      { id: "lint.unmeasured-classes", label: "Classes never measured", value: unmeasured.length, unit: "count" },
    ],
    remedy: "Shuffle the images once before, with a seed, or better: cross-validate with stratified folds.",
  });
}

/**
 * Whether images come class after class: whether the class changes from one image to the next less than half as often
 * as it would in a random order, n (1 - sum of squared class shares) times.
 */
export function isOrdered(order: readonly string[]): boolean {
  const counts = new Map<string, number>();
  for (const name of order) counts.set(name, (counts.get(name) ?? 0) + 1);
  const alike = [...counts.values()].reduce((sum, count) => sum + (count / order.length) ** 2, 0);
  const changes = order.filter((name, i) => i > 0 && name !== order[i - 1]).length;
  return changes < order.length * (1 - alike) / 2;
}

/** Which classes have no image before Keras's cut, and which none behind it, in the very order that images come in. */
function cutOffInOrder(order: readonly string[], share: number): ReturnType<typeof cutOff> {
  const cut = Math.floor(order.length * (1 - share));
  const trained = new Set(order.slice(0, cut)), measured = new Set(order.slice(cut));
  const names = [...new Set(order)];
  return {
    untrained: names.filter((name) => !trained.has(name)),
    unmeasured: names.filter((name) => !measured.has(name)),
  };
}

/** Which classes have no image before the cut, and which none behind it, as Keras cuts: at floor(n (1 - share)). */
export function cutOff(
  counts: NonNullable<Setting["classCounts"]>,
  share: number,
): { untrained: string[]; unmeasured: string[] } {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const cut = Math.floor(total * (1 - share));
  const untrained: string[] = [], unmeasured: string[] = [];
  let start = 0;
  for (const { name, count } of counts) {
    if (count > 0 && start >= cut) untrained.push(name);
    if (count > 0 && start + count <= cut) unmeasured.push(name);
    start += count;
  }
  return { untrained, unmeasured };
}

/**
 * Weights per training image above which there are more than any data of this size can hold in place. Small networks
 * that work on some hundred images have 50 to 300.
 */
const WEIGHTS_PER_IMAGE = 1000;

/** More weights than the images can teach, and where they sit. */
export const weightsAgainstImages: LintRule = (model, setting) => {
  const { trainingImages: images } = setting;
  const ratio = model.parameters / images;
  const largest = model.layers.reduce((a, b) => b.parameters > a.parameters ? b : a, model.layers[0]);
  if (!largest || ratio < WEIGHTS_PER_IMAGE) return null;
  const share = largest.parameters / model.parameters;
  const flatten = followsFlatten(model, largest.name);
  const figures: Figure[] = [
    { id: "lint.parameters", label: "Weights", value: model.parameters, unit: "count" },
    { id: "lint.weights-per-image", label: "Weights per training image", value: Math.round(ratio), unit: "count" },
    {
      id: "lint.largest-layer-share",
      label: `Share of the layer "${largest.name}"`,
      value: Math.round(100 * share) / 100,
      unit: "share",
    },
  ];
  return finding({
    code: "weights-against-images",
    severity: "warning",
    sentence: `${percent(share)} of ${roughly(model.parameters)} weights sit in the ` +
      (flatten ? "dense layer after Flatten" : `layer "${largest.name}"`) +
      `. That makes ${counted(Math.round(ratio), "weight")} for each of ${
        counted(images, "training image")
      }: enough to ` +
      "learn them by heart.",
    evidence: figures,
    remedy: flatten
      ? "Replace Flatten by GlobalAveragePooling2D (Lin et al. 2014), or pool after each convolution, which leaves fewer numbers to connect."
      : `Give the layer "${largest.name}" fewer units or filters.`,
  });
};

/** Images per class below which varied images are nearly free accuracy. */
const PLENTY_PER_CLASS = 1000;

/** With few images, mirrored and shifted ones are the cheapest new ones. */
export const noAugmentation: LintRule = (_model, setting) => {
  const perClass = setting.trainingImages / setting.classes;
  if (setting.config.augmentation !== null || perClass > PLENTY_PER_CLASS) return null;
  return finding({
    code: "no-augmentation",
    severity: "warning",
    sentence:
      `The training images are shown unchanged in each of ${counted(setting.config.epochs, "epoch")}, and there are ` +
      `only about ${Math.round(perClass)} per class.`,
    evidence: [
      { id: "lint.images-per-class", label: "Training images per class", value: Math.round(perClass), unit: "count" },
    ],
    remedy:
      "Mirror and shift them at random, where that leaves the class what it is. On small data sets this helps by a " +
      "large margin (Brigato and Iocchi 2020).",
  });
};

function followsFlatten(model: ModelFacts, name: string): boolean {
  const at = model.layers.findIndex((layer) => layer.name === name);
  // Dropout or normalisation may stand between the two.
  const before = model.layers.slice(0, at).findLast(({ parameters, type }) => type === "Flatten" || parameters > 0);
  return model.layers[at].type === "Dense" && before?.type === "Flatten";
}

function evenly(classes: number, images: number) {
  return Array.from({ length: classes }, (_, k) => ({
    name: `class ${k + 1}`,
    count: Math.floor((k + 1) * images / classes) - Math.floor(k * images / classes),
  }));
}
