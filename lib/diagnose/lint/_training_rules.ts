import { type FindingRecord, formatNumber } from "../../display/mod.ts";
import { finding } from "../finding.ts";
import { counted, listed, percent } from "../_words.ts";
import type { LintRule, Setting } from "./context.ts";

/** A pair that Adam usually gets along with: batches of 32 at 0.001, its default. */
const USUAL = { batchSize: 32, learningRate: 0.001 } as const;

/** Times the usual noise of a step from which on it is worth a word. */
const MUCH_NOISE = 5;

/** Steps in a whole training below which it has hardly begun. */
const FEWEST_STEPS = 100;

/**
 * The learning rate divided by the batch size sets how noisy steps are: when batches grow k-fold, the learning rate may
 * too (Goyal et al. 2017; shown for SGD, for Adam a rule of thumb).
 */
export const batchAgainstLearningRate: LintRule = (_model, setting) => {
  const { batchSize, learningRate } = setting.config;
  const noise = (learningRate / batchSize) / (USUAL.learningRate / USUAL.batchSize);
  if (noise < MUCH_NOISE) return null;
  const few = batchSize < setting.classes ? `, and each sees at most ${batchSize} of ${setting.classes} classes` : "";
  const matching = formatNumber(Number((USUAL.learningRate * batchSize / USUAL.batchSize).toPrecision(1)));
  return finding({
    code: "batch-against-learning-rate",
    severity: "warning",
    sentence: `Batches of ${batchSize} at a learning rate of ${formatNumber(learningRate)} make steps with ` +
      `${Math.round(noise)} times the usual noise${few}. Training may jump about instead of settling.`,
    evidence: [
      { id: "lint.batch-size", label: "Batch size", value: batchSize, unit: "count" },
      { id: "lint.learning-rate", label: "Learning rate", value: learningRate, unit: "number" },
      { id: "lint.noise", label: "Noise of a step (batches of 32 at 0.001: 1)", value: round(noise), unit: "number" },
    ],
    remedy: batchSize < USUAL.batchSize
      ? `Try batches of 32 to 128, or a learning rate of about ${matching} with these: the two belong together (Goyal ` +
        "et al. 2017). Small batches are no fault by themselves (Masters and Luschi 2018)."
      : `Try a learning rate of about ${matching}: the two belong together (Goyal et al. 2017).`,
  });
};

/** So few steps that the weights cannot get far. */
export const fewSteps: LintRule = (_model, { config, trainingImages: images }) => {
  const steps = config.epochs * Math.ceil(images / config.batchSize);
  if (steps >= FEWEST_STEPS) return null;
  return finding({
    code: "few-steps",
    severity: "warning",
    sentence:
      `${counted(config.epochs, "epoch")} of ${counted(images, "image")} in batches of ${config.batchSize} are ` +
      `${counted(steps, "step")} in all: too few for the weights to get anywhere.`,
    evidence: [{ id: "lint.steps", label: "Steps in all", value: steps, unit: "count" }],
    remedy: "Train for more epochs, or with smaller batches.",
  });
};

/** Batch normalisation measures each batch; of a handful of images it measures noise. */
export const normalisedTinyBatches: LintRule = (model, { config }) => {
  if (config.batchSize >= 8 || !model.layers.some(({ type }) => type === "BatchNormalization")) return null;
  return finding({
    code: "batch-norm-tiny-batches",
    severity: "warning",
    sentence: `Batch normalisation takes mean and spread from each batch, and batches of ${config.batchSize} are too ` +
      "small to tell them.",
    evidence: [{ id: "lint.batch-size", label: "Batch size", value: config.batchSize, unit: "count" }],
    remedy: "Use batches of at least 16. Its error grows quickly as batches shrink (Wu and He 2018).",
  });
};

/** Nothing holds the weights back. */
export const noRegularisation: LintRule = (model, { config }) => {
  const held = config.augmentation !== null || config.earlyStopping !== null ||
    model.layers.some(({ type, penalised }) => penalised || /Dropout|BatchNormalization|GaussianNoise/.test(type));
  if (held) return null;
  return finding({
    code: "no-regularisation",
    severity: "info",
    sentence: "Nothing keeps the model from learning the training images by heart: no augmentation, dropout, weight " +
      "penalty, batch normalisation or early stopping.",
    remedy: "Begin with augmentation and early stopping; add dropout before the last layer if the gap stays.",
  });
};

/** Share of a layer's units that must be dead to be worth a word: some always are. */
const MANY_DEAD = 0.25;

/** Units that are zero for every image learn nothing any more. */
export const deadActivations: LintRule = (_model, { deadUnits }) => {
  if (deadUnits === null || deadUnits.length === 0) return null;
  const dying = deadUnits.filter(({ share }) => share >= MANY_DEAD);
  return dying.length === 0 ? allAlive(deadUnits) : finding({
    code: "dead-activations",
    severity: "warning",
    sentence: `Units that are zero for every training image looked at: ${
      listed(dying.map(({ layer, share }) => `${percent(share)} in ${layer}`))
    }. They learn nothing any more.`,
    evidence: dying.map(({ layer, share }) => ({
      id: `lint.dead-units.${layer}`,
      label: `Dead units in ${layer}`,
      value: Math.round(100 * share) / 100,
      unit: "share",
    })),
    remedy: "Lower the learning rate, or use batch normalisation or leaky ReLU.",
  });
};

function allAlive(deadUnits: NonNullable<Setting["deadUnits"]>): FindingRecord {
  const worst = deadUnits.reduce((a, b) => b.share > a.share ? b : a);
  return finding({
    code: "activations-alive",
    severity: "good",
    sentence: worst.share === 0
      ? "Every unit of every ReLU layer fires for some training image."
      : `Few units are dead: ${percent(worst.share)} in ${worst.layer}, fewer in the other layers.`,
  });
}

function round(value: number): number {
  return Number(value.toPrecision(2));
}
