import { type FindingRecord, FindingView } from "../../display/mod.ts";
import { current, type layers } from "../../engine/mod.ts";
import { type ModelSpec, threadCnn } from "../../model/mod.ts";
import { DiagnosisError } from "../errors.ts";
import { finding, worstFirst } from "../finding.ts";
import { noAugmentation, unscaledInputs, validationOffTheEnd, weightsAgainstImages } from "./_data_rules.ts";
import { labelEncoding, lossAgainstActivation } from "./_loss_rules.ts";
import { missingFlatten, noActivation, tooDeep, wrongInput, wrongOutput } from "./_shape_rules.ts";
import {
  batchAgainstLearningRate,
  deadActivations,
  fewSteps,
  noRegularisation,
  normalisedTinyBatches,
} from "./_training_rules.ts";
import { targetsOutOfRange } from "./_target_rules.ts";
import { type LintContext, type LintRule, settingOf } from "./context.ts";
import { factsOf, type ModelFacts } from "./facts.ts";

export type { LintContext, ValidationSplit } from "./context.ts";

const RULES: readonly LintRule[] = [
  wrongInput,
  missingFlatten,
  wrongOutput,
  tooDeep,
  lossAgainstActivation,
  labelEncoding,
  targetsOutOfRange,
  validationOffTheEnd,
  unscaledInputs,
  weightsAgainstImages,
  batchAgainstLearningRate,
  fewSteps,
  normalisedTinyBatches,
  noActivation,
  noAugmentation,
  deadActivations,
  noRegularisation,
];

/**
 * Reads a model and how it is to be trained for known mistakes, without training anything: what does not fit together
 * (shapes, loss, labels), what leaves classes out, and what asks for overfitting. The worst comes first.
 *
 * @param model A built model, which stays as it is, or a specification, which is built for the images' size.
 * @throws DiagnosisError when the context says neither how many classes and images there are nor gives a dataset; for a
 *   specification also the size.
 * @throws EngineError for a specification, when no engine is in use yet.
 */
export function lint(model: layers.LayersModel | ModelSpec, context: LintContext): FindingView {
  return new FindingView(lintFindings(model, context));
}

/**
 * Lints the CNN of the question as it was posted: batches of 4 at Adam's usual 0.001 for 20 epochs, `validation_split`
 * of 0.25, no augmentation, nothing between the convolutions and the dense layer. What the question does not say (the
 * order of the images, their scaling) is not held against it.
 *
 * @param dataset The images to lint it for.
 */
export function lintAsPosted(dataset: NonNullable<LintContext["dataset"]>): FindingView {
  return lint(threadCnn({ asPosted: true }), {
    dataset,
    config: { epochs: 20, batchSize: 4, learningRate: 0.001, augmentation: null, earlyStopping: null },
    validationSplit: { share: 0.25, fromEnd: true, orderedByClass: null },
  });
}

function lintFindings(model: layers.LayersModel | ModelSpec, context: LintContext): FindingRecord[] {
  const ownRange = "inputRange" in model ? model.inputRange : undefined;
  const setting = settingOf(ownRange && !context.config.inputRange ? { inputRange: ownRange, ...context } : context);
  const facts = "layers" in model ? factsOf(model) : built(model, context);
  if ("code" in facts) return [facts];
  return worstFirst(lintModel(facts, setting));
}

function lintModel(facts: ModelFacts, setting: ReturnType<typeof settingOf>): FindingRecord[] {
  const list = RULES.map((rule) => rule(facts, setting)).filter((one) => one !== null);
  if (list.some(({ severity }) => severity === "error" || severity === "warning")) return list;
  return [
    ...list,
    finding({
      code: "lint-clean",
      severity: "good",
      sentence: `None of ${RULES.length} checks found a mistake in how ${facts.name} is built and trained.`,
    }),
  ];
}

/** Builds the model, looks, and gives its memory back; what cannot be built is a finding. */
function built(spec: ModelSpec, context: LintContext): ModelFacts | FindingRecord {
  const size = spec.inputSize ?? context.size ?? context.dataset?.size;
  const classes = context.classes ?? context.dataset?.classes.length;
  if (size === undefined) {
    throw new DiagnosisError(
      `Cannot lint "${spec.name}": its input size is needed to build it; give size, or a dataset`,
    );
  }
  current(); // without an engine nothing can be built, which is no fault of the model
  let model: layers.LayersModel;
  try {
    model = spec.build({ size, classes: classes!, seed: 1 });
  } catch (error) {
    return finding({
      code: "does-not-build",
      severity: "error",
      sentence: `${spec.name} cannot be built for ${size}\u00d7${size} images: ${
        (error as Error).message.trim().replace(/[.\s]*$/, ".")
      }`,
      remedy: "The most frequent reason is that strides and poolings leave nothing of the image: use fewer, padding " +
        '"same", or larger images.',
    });
  }
  try {
    return { ...factsOf(model), name: spec.name };
  } finally {
    model.dispose();
  }
}
