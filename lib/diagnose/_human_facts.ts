import type { GivenAnswer, Rater } from "../quiz/mod.ts";
import {
  accuracyInterval,
  crossValidatedDifference,
  imagesNeeded,
  type Interval,
  pairedDifference,
  pairedTest,
  wilson,
} from "../stats/mod.ts";
import type { LabelledImages } from "./images.ts";
import { accuracyOf } from "./_measured.ts";
import { predictedClasses, type Predictions } from "./predictions.ts";

/** An answer beside the truth. */
export interface Judged extends GivenAnswer {
  readonly rater: string;
  readonly correct: boolean;
}

/** One person's score. */
export interface RaterScore {
  readonly name: string;
  /** "Can't tell" counts as wrong. */
  readonly accuracy: Interval;
  readonly unsure: number;
  /** Median time per image. */
  readonly seconds: number;
}

/** The model on the images that people answered. */
export interface ModelBeside {
  readonly name: string;
  readonly accuracy: Interval;
  /** People on these images: those that the model has no prediction of are left out. */
  readonly people: Interval;
  /** People minus model, paired by image. */
  readonly difference: Interval;
  /** Of the difference, two-sided. */
  readonly p: number;
  readonly method: string;
  /** Predicted class by image. */
  readonly predicted: ReadonlyMap<number, number>;
  /** Probability of the predicted class by image. */
  readonly confidence: ReadonlyMap<number, number>;
}

/** An image with all that was said of it. */
export interface AnsweredImage {
  readonly image: number;
  readonly label: number;
  readonly answers: readonly Judged[];
}

/** All answers, each beside the truth. */
export function judge({ records }: LabelledImages, raters: readonly Rater[]): Judged[] {
  return raters.flatMap(({ name, answers }) =>
    answers.map((answer) => ({ ...answer, rater: name, correct: answer.class === records[answer.image].label }))
  );
}

export function byImage({ records }: LabelledImages, judged: readonly Judged[]): AnsweredImage[] {
  return [...Map.groupBy(judged, ({ image }) => image)].toSorted(([a], [b]) => a - b)
    .map(([image, answers]) => ({ image, label: records[image].label, answers }));
}

/**
 * Share of answers that are right. Answers to the same image, and to images of the same group, are not independent: the
 * interval is drawn over what is. It says what these people would get on other images, not what other people would.
 */
export function answerAccuracy(dataset: LabelledImages, judged: readonly Judged[], seed: number): Interval {
  const { n, groups, named } = unitsOf(dataset, judged);
  const { groups: count, ...interval } = accuracyInterval({
    correct: judged.map(({ correct }) => correct),
    groups,
    seed,
  });
  return { ...interval, n, method: named(interval.method), ...(dataset.grouped ? { groups: count } : {}) };
}

/** One row per person, in their order. */
export function raterScores(dataset: LabelledImages, raters: readonly Rater[], seed: number): RaterScore[] {
  return raters.map((rater) => {
    const judged = judge(dataset, [rater]);
    return {
      name: rater.name,
      accuracy: answerAccuracy(dataset, judged, seed),
      unsure: judged.filter((answer) => answer.class === null).length,
      seconds: median(judged.map(({ milliseconds }) => milliseconds)) / 1000,
    };
  });
}

/**
 * The model beside people, on the images that both have answered; null where there are none. Over folds, the variance of
 * the difference is corrected as everywhere; people don't train on folds, so it is rather too wide than too narrow.
 */
export function modelBeside(
  dataset: LabelledImages,
  judged: readonly Judged[],
  predictions: Predictions,
  seed: number,
): ModelBeside | null {
  const place = new Map(predictions.images.map((image, at) => [image, at]));
  const both = judged.filter(({ image }) => place.has(image));
  if (both.length === 0) return null;
  const images = [...new Set(both.map(({ image }) => image))].sort((a, b) => a - b);
  const rightAt = (image: number) => predictions.correct[place.get(image)!];
  const { n, groups, named } = unitsOf(dataset, both);
  const pair = { a: both.map(({ image }) => rightAt(image)), b: both.map(({ correct }) => correct), groups };
  const { folds } = predictions;
  const labels = both.map(({ image }) => dataset.records[image].label);
  const { difference, p, method } = folds === 1
    ? { difference: pairedDifference({ ...pair, seed }), ...pairedTest(pair) }
    : crossValidatedDifference({ ...pair, labels, folds });
  const { groups: count, ...bounds } = difference;
  const K = dataset.classes.length;
  const classes = predictedClasses(predictions.probabilities, K);
  return {
    name: predictions.name,
    accuracy: accuracyOf(images.map(rightAt), { images, folds, dataset, seed }),
    people: answerAccuracy(dataset, both, seed),
    difference: { ...bounds, n, method: named(bounds.method), ...(dataset.grouped ? { groups: count } : {}) },
    p,
    method: named(method),
    predicted: new Map(images.map((image) => [image, classes[place.get(image)!]])),
    confidence: new Map(images.map((image) => {
      const at = place.get(image)!;
      return [image, classes[at] < 0 ? NaN : predictions.probabilities[at * K + classes[at]]];
    })),
  };
}

/** How many images it takes, as far as those answered tell, until the interval is that wide to either side. */
export function imagesFor(halfWidth: number, { estimate, low, high, n, groups }: Interval): number {
  const independent = wilson(estimate * n, n);
  // How much wider the interval over groups is than one over independent images says how much less an image counts.
  const effect = groups === undefined ? 1 : ((high - low) / (independent.high - independent.low)) ** 2;
  return imagesNeeded(halfWidth, { share: estimate, designEffect: Math.max(1, effect) });
}

/** What the answers' independence is up to: groups where they are known, else images. */
function unitsOf(dataset: LabelledImages, judged: readonly Judged[]) {
  const n = new Set(judged.map(({ image }) => image)).size;
  if (dataset.grouped) {
    return { n, groups: judged.map(({ image }) => dataset.records[image].group), named: (text: string) => text };
  }
  const repeated = n < judged.length;
  return {
    n,
    groups: repeated ? judged.map(({ image }) => image) : undefined,
    named: (text: string) => repeated ? text.replace("groups", "images") : text,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.ceil(sorted.length / 2) - 1] + sorted[Math.floor(sorted.length / 2)]) / 2;
}
