import type { FindingRecord } from "../../display/mod.ts";
import type { DeadUnits, FedBatch, TrainingConfig } from "../../train/mod.ts";
import { DiagnosisError } from "../errors.ts";
import type { LabelledImages } from "../images.ts";
import { type FedFacts, fedFacts } from "./_fed_facts.ts";
import type { ModelFacts } from "./facts.ts";

/** How the model is to be trained. What is left out is what `lib/train` does. */
export interface LintContext {
  /** The images; says `classes`, `images`, `size` and how many of each class there are. */
  readonly dataset?: LabelledImages & { readonly development: readonly number[]; readonly size: number };
  /** K. */
  readonly classes?: number;
  /** Images to train on, those of `validationSplit` included. */
  readonly images?: number;
  /** Height and width that a model specification is built for, in pixels. */
  readonly size?: number;
  readonly config:
    & Pick<TrainingConfig, "epochs" | "batchSize" | "learningRate" | "augmentation" | "earlyStopping">
    & Partial<Pick<TrainingConfig, "loss" | "inputRange">>;
  /** As TensorFlow.js ("categoricalCrossentropy") or Keras ("categorical_crossentropy") names it. By default the configuration's. */
  readonly loss?: string;
  /** One row of K numbers per image, or the number of its class. By default as in `batch`, or "one-hot". */
  readonly labels?: "one-hot" | "integer";
  /** Smallest and largest input value, where there is no `batch`. By default the configuration's. */
  readonly inputRange?: readonly [number, number];
  /** What the model is really fed, as `train.fedBatch` makes it: pixels and labels are then measured, not believed. */
  readonly batch?: FedBatch;
  /** Keras's `validation_split`, where that is how validation images are chosen. */
  readonly validationSplit?: ValidationSplit;
  /** A run of this model, for what only training shows. */
  readonly run?: { readonly deadUnits: readonly DeadUnits[] };
}

/** How a share of the training images is set apart. */
export interface ValidationSplit {
  /** From 0 to 1; 0.25 by default. */
  readonly share?: number;
  /** Whether it is the last images, as Keras does it, and not a shuffled share. */
  readonly fromEnd: boolean;
  /**
   * Whether the images come one class after the other, as folders are read; null where nobody knows. Left out, the
   * order of the dataset's records is looked at.
   */
  readonly orderedByClass?: boolean | null;
}

/** The context with everything filled in. */
export interface Setting {
  readonly classes: number;
  readonly images: number;
  /** What `validationSplit` leaves of them for training. */
  readonly trainingImages: number;
  readonly config: LintContext["config"];
  readonly loss: string;
  readonly labels: "one-hot" | "integer";
  readonly inputRange: readonly [number, number];
  readonly validationSplit: ValidationSplit | null;
  /** Images of each class in the order of the folders; null where not known. */
  readonly classCounts: readonly { readonly name: string; readonly count: number }[] | null;
  /** Name of each image's class in the order of the records, [N]; null where not known. */
  readonly order: readonly string[] | null;
  /** What a batch was measured to hold; null where none was given. */
  readonly fed: FedFacts | null;
  readonly deadUnits: readonly DeadUnits[] | null;
}

/** Looks at a model and how it is to be trained; says what it found, or null. */
export type LintRule = (model: ModelFacts, setting: Setting) => FindingRecord | null;

/** @throws DiagnosisError when the number of classes or of images can be had from nowhere. */
export function settingOf(context: LintContext): Setting {
  const { dataset, config, validationSplit, run } = context;
  const classes = context.classes ?? dataset?.classes.length;
  const images = context.images ?? dataset?.development.length;
  for (const [name, value] of Object.entries({ classes, images })) {
    if (value === undefined || !(value >= 1)) {
      throw new DiagnosisError(`Cannot lint a model: ${name} must be at least 1, got ${value}; give it, or a dataset`);
    }
  }
  const fed = context.batch ? fedFacts(context.batch) : null;
  return {
    classes: classes!,
    images: images!,
    trainingImages: validationSplit ? Math.floor(images! * (1 - shareOf(validationSplit))) : images!,
    config,
    loss: normalised(context.loss ?? config.loss ?? "categoricalCrossentropy"),
    labels: context.labels ?? fed?.targets.encoding ?? "one-hot",
    inputRange: fed ? [fed.inputs.low, fed.inputs.high] : context.inputRange ?? config.inputRange ?? [0, 1],
    validationSplit: validationSplit ?? null,
    classCounts: dataset ? classCounts(dataset) : null,
    order: dataset ? dataset.development.map((i) => dataset.classes[dataset.records[i].label]) : null,
    fed,
    deadUnits: run?.deadUnits ?? null,
  };
}

/** The share that is set apart. */
export function shareOf({ share = 0.25 }: ValidationSplit): number {
  return share;
}

/** "categorical_crossentropy" and "CategoricalCrossentropy" are the same loss. */
function normalised(loss: string): string {
  const plain = loss.toLowerCase().replaceAll(/[^a-z]/g, "");
  return plain === "mse" ? "meansquarederror" : plain;
}

function classCounts({ classes, records, development }: NonNullable<LintContext["dataset"]>) {
  const counts = new Array<number>(classes.length).fill(0);
  for (const i of development) counts[records[i].label]++;
  return classes
    .map((name, k) => ({ name, count: counts[k] }))
    .toSorted((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
