import { policies } from "../../augment/mod.ts";
import type { Dataset } from "../../dataset/mod.ts";
import { formatNumber } from "../../display/mod.ts";
import { type ModelSpec, smallCnn } from "../../model/mod.ts";
import type { TrainingConfig } from "../../train/mod.ts";
import { changed, droppedOut, pooled, softmaxHead } from "./_transform.ts";
import { copiesIn } from "./_copies.ts";

/** One side of an experiment. */
export interface Arm {
  readonly model: ModelSpec;
  readonly config: TrainingConfig;
  /** Images left out of training; none by default. */
  readonly without?: ReadonlySet<number>;
}

/** A remedy as an experiment. */
export interface Trial {
  /** What is done and what it is compared with: "Pixels of 0 to 1 instead of 0 to 255". */
  readonly label: string;
  readonly arm: Arm;
  /** Images that neither side is measured on: those that the remedy says should not be there. */
  readonly unmeasured?: ReadonlySet<number>;
  /** Whether each class counts the same, however many images it has. */
  readonly perClass?: boolean;
}

/** What is the matter, and with what. */
export type Subject = Arm & { readonly images: Dataset };

/** Makes a remedy an experiment; null where it does not apply to this model or configuration. */
type Remedy = (subject: Subject) => Trial | null | Promise<Trial | null>;

/** What Adam gets along with: batches of 32 at 0.001, its default. */
const USUAL = { batchSize: 32, learningRate: 0.001 } as const;

/** Findings without which the model can be trained at all: the remedy is measured against chance. */
export const MENDING: Readonly<Record<string, Remedy>> = {
  "missing-flatten": (subject) =>
    model(subject, "pooled", pooled, "With GlobalAveragePooling2D before the dense layer, against chance"),
  "wrong-output": (subject) =>
    model(subject, "softmax-head", softmaxHead, "With one softmax unit per class, against chance"),
};

/** Findings whose remedy is a change of model, configuration or training images. */
export const REMEDIES: Readonly<Record<string, Remedy>> = {
  "unscaled-inputs": ({ config, ...arm }) =>
    config.inputRange[1] === 1 ? null : {
      label: "Pixels of 0 to 1 instead of 0 to 255",
      arm: { ...arm, config: { ...config, inputRange: [0, 1] } },
    },

  "loss-against-activation": (subject) => {
    const loss = "categoricalCrossentropy";
    const mended = model(subject, "softmax-head", softmaxHead, "Softmax and categorical cross-entropy");
    return mended && { ...mended, arm: { ...mended.arm, config: { ...subject.config, loss } } };
  },

  "batch-against-learning-rate": ({ config, ...arm }) => ({
    label: `Batches of ${USUAL.batchSize} at ${USUAL.learningRate} instead of ${config.batchSize} at ${
      formatNumber(config.learningRate)
    }`,
    arm: { ...arm, config: { ...config, ...USUAL } },
  }),

  "batch-norm-tiny-batches": ({ config, ...arm }) => ({
    label: `Batches of ${USUAL.batchSize} instead of ${config.batchSize}`,
    arm: { ...arm, config: { ...config, batchSize: USUAL.batchSize } },
  }),

  // Averaging alone in place of Flatten learns too slowly to show anything in a short training; with normalisation and
  // pooling between the convolutions, which is how such networks are built, it does not.
  "weights-against-images": ({ images, ...arm }) =>
    !fits(smallCnn(), images) || arm.model.name === smallCnn().name ? null : {
      label: "The small CNN (batch normalisation, pooling, GlobalAveragePooling2D) instead",
      arm: { ...arm, model: smallCnn() },
    },

  "no-augmentation": ({ config, ...arm }) =>
    config.augmentation !== null ? null : {
      label: "Images mirrored and shifted at random instead of unchanged",
      arm: { ...arm, config: { ...config, augmentation: policies.flipShift } },
    },

  "no-regularisation": (subject) =>
    model(subject, "dropout", droppedOut, "Dropout of one half before the last layer instead of none"),

  // Plain accuracy would reward forgetting the small classes.
  "class-imbalance": ({ config, ...arm }) => ({
    label: "Balanced accuracy with every class shown equally often",
    arm: { ...arm, config: { ...config, balanced: true } },
    perClass: true,
  }),

  "dead-activations": lowerRate,
  "diverging": lowerRate,

  "duplicates-in-class": async ({ images, ...arm }) =>
    without(arm, (await copiesIn(images)).spare, "Without the copies"),

  "duplicates-across-classes": async ({ images, ...arm }) =>
    without(arm, (await copiesIn(images)).contradicted, "Without the pictures that have several labels"),
};

function model(
  { model: spec, images, ...arm }: Subject,
  name: string,
  change: Parameters<typeof changed>[2],
  label: string,
): Trial | null {
  const other = changed(spec, name, change, images.size, images.classes.length);
  return other && { label, arm: { ...arm, model: other } };
}

/** Whether the model's strides and poolings leave anything of images so small. */
function fits(spec: ModelSpec, { size, classes }: Dataset): boolean {
  const model = spec.build({ size, classes: classes.length, seed: 1 });
  try {
    // Building shows nothing: only running a layer without an output would fail.
    return model.layers.every(({ output }) =>
      [output].flat()[0].shape.every((length) => length === null || length >= 1)
    );
  } finally {
    model.dispose();
  }
}

function lowerRate({ config, ...arm }: Subject): Trial {
  const learningRate = config.learningRate / 10;
  return {
    label: `A learning rate of ${formatNumber(learningRate)} instead of ${formatNumber(config.learningRate)}`,
    arm: { ...arm, config: { ...config, learningRate } },
  };
}

function without(arm: Arm, images: ReadonlySet<number>, label: string): Trial | null {
  return images.size === 0 ? null : { label, arm: { ...arm, without: images }, unmeasured: images };
}
