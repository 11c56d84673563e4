import type { Fold } from "../dataset/mod.ts";
import { Random } from "../stats/mod.ts";
import { type BlindRule, mostFrequent, prior, stratified, uniform } from "./_dummy.ts";
import { COLOURS, type Features } from "./_features.ts";
import { classOfNearest } from "./_nearest.ts";
import { pause } from "./_pause.ts";
import { fitSoftmaxRegression, predictSoftmaxRegression } from "../train/mod.ts";

/** One fold, as a simple model sees it: rows of the features, not indices of the data set. */
export interface Task {
  readonly features: Features;
  /** Class of each row of the features. */
  readonly labels: Int32Array;
  readonly classes: number;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly random: Random;
}

/** What a model says of `task.validation`, in its order. */
export interface Answer {
  readonly predictions: Int32Array;
  /** [n, K], or null where the model has none. */
  readonly probabilities: Float64Array | null;
}

export interface SimpleModel {
  readonly name: string;
  readonly label: string;
  /** What it does, for a person who has never heard of it. */
  readonly description: string;
  /** Whether it looks at the pictures at all. */
  readonly sees: boolean;
  answer(task: Task): Promise<Answer>;
}

/**
 * Training images that the models with eyes take per fold, drawn by seed. More would make them a little better and much
 * slower, and nobody with that many images is in doubt about colour histograms.
 */
export const MOST_TRAINING_IMAGES = 4000;

export const colourHistogram: SimpleModel = {
  name: "colour-histogram",
  label: "Colour histogram",
  description: "How much of the picture has which of 64 colours, whatever the place; logistic regression on that.",
  sees: true,
  async answer({ features, labels, classes, train, validation, random }) {
    const sample = atMost(train, random);
    const model = await fitSoftmaxRegression(
      rowsOf(features.colours, sample),
      sample.map((row) => labels[row]),
      classes,
      { pause },
    );
    const probabilities = predictSoftmaxRegression(model, rowsOf(features.colours, validation));
    return { predictions: likeliest(probabilities, classes), probabilities };
  },
};

export const nearestNeighbour: SimpleModel = {
  name: "nearest-neighbour",
  label: "Nearest neighbour",
  description: "The class of most of the three training pictures that are closest pixel by pixel, at 16x16.",
  sees: true,
  async answer({ features, labels, train, validation, random }) {
    const sample = atMost(train, random);
    const predictions = new Int32Array(validation.length);
    for (const [i, row] of validation.entries()) {
      predictions[i] = classOfNearest(features.thumbnails, labels, sample, row);
      if (i % 100 === 99) await pause();
    }
    return { predictions, probabilities: null };
  },
};

/** All baselines, those without eyes first. */
export const SIMPLE_MODELS: readonly SimpleModel[] = [
  blind("uniform", "Blind guess", "Guesses any class, each as likely as the other.", uniform),
  blind("stratified", "Guess by frequency", "Guesses a class as often as training images have it.", stratified),
  blind("most-frequent", "Most frequent class", "Always says the class with most training images.", mostFrequent),
  blind(
    "prior",
    "Class frequencies",
    "Says the same class, but gives each class its share of the training images as probability.",
    prior,
  ),
  nearestNeighbour,
  colourHistogram,
];

/** What a model says of every image that some fold validates on. Each image must be in one validation part at most. */
export async function outOfFold(
  model: SimpleModel,
  features: Features,
  labels: Int32Array,
  classes: number,
  folds: readonly Fold[],
  seed: number,
): Promise<Answer> {
  const rows = new Map(features.images.map((image, row) => [image, row]));
  const rowsFor = (images: readonly number[]) => Int32Array.from(images, (image) => rows.get(image)!);
  const predictions = new Int32Array(labels.length).fill(-1);
  let probabilities: Float64Array | null = null;
  for (const fold of folds) {
    const validation = rowsFor(fold.validation);
    const answer = await model.answer({
      features,
      labels,
      classes,
      train: rowsFor(fold.train),
      validation,
      random: new Random(`${seed}/${model.name}/${fold.by}/${fold.index}`),
    });
    validation.forEach((row, i) => {
      predictions[row] = answer.predictions[i];
      if (answer.probabilities === null) return;
      probabilities ??= new Float64Array(labels.length * classes);
      probabilities.set(answer.probabilities.subarray(i * classes, (i + 1) * classes), row * classes);
    });
    await pause();
  }
  return { predictions, probabilities };
}

function blind(name: string, label: string, description: string, rule: BlindRule): SimpleModel {
  return {
    name,
    label,
    description,
    sees: false,
    answer: ({ labels, train, validation, classes, random }) =>
      Promise.resolve(rule(train.map((row) => labels[row]), validation.length, classes, random)),
  };
}

function atMost(rows: Int32Array, random: Random): Int32Array {
  if (rows.length <= MOST_TRAINING_IMAGES) return rows;
  return Int32Array.from(random.shuffled(rows).slice(0, MOST_TRAINING_IMAGES)).sort();
}

function rowsOf(colours: Float32Array, rows: Int32Array): Float32Array {
  const chosen = new Float32Array(rows.length * COLOURS);
  rows.forEach((row, i) => chosen.set(colours.subarray(row * COLOURS, (row + 1) * COLOURS), i * COLOURS));
  return chosen;
}

function likeliest(probabilities: Float64Array, classes: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / classes }, (_, i) => {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    return row.reduce((best, value, k) => value > row[best] ? k : best, 0);
  });
}
