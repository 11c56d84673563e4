import {
  accuracyInterval,
  correctedInterval,
  correctedTest,
  crossValidatedAccuracy,
  crossValidatedDifference,
  type Interval,
  pairedTest,
  Random,
} from "../lib/stats/mod.ts";
import { type Learner, LEARNERS, type Rows } from "./coverage_learners.ts";

/** What is simulated. */
export interface Simulation {
  /** Data sets per learner, with and without groups. */
  readonly datasets: number;
  /** Images of each data set, a multiple of 4 classes x folds x 5 images per group. 200 unless given. */
  readonly images?: number;
  /** 5 unless given. */
  readonly folds?: number;
}

/** What one method did over all data sets. */
export interface MethodResult {
  readonly method: string;
  /** Share of the data sets whose interval holds the truth. */
  readonly coverage: number;
  /** Mean width of the intervals. */
  readonly width: number;
  /** Share of the data sets for which it told two equally good learners apart at level 0.05. */
  readonly falsePositives: number;
  /** Share of the data sets for which it told a better learner from a worse one. */
  readonly power: number;
}

/** One learner, with or without groups. */
export interface SimulatedLearner {
  readonly learner: string;
  readonly groups: boolean;
  /** Expected accuracy of the learner trained on as many images as a fold trains on. */
  readonly truth: number;
  /** Mean and standard deviation over the data sets of the cross-validated accuracy. */
  readonly mean: number;
  readonly deviation: number;
  /** The corrected variance over images (or groups) first: the one that the workbench uses. */
  readonly methods: readonly MethodResult[];
}

const CLASSES = 4;
/** Both learners of a pair see the shared features, and each four of its own. */
const SHARED = 2, OWN = 4, WIDTH = SHARED + OWN;
const IMAGES_PER_GROUP = 5;
/** Standard deviation of where a group lies in its class; single images deviate by 1 from their group. */
const GROUP_SPREAD = 0.8;
/** How much further apart the classes are in the better learner's own features, to measure power. */
const CLEARER = 1.5;

const methodNames = (unit: string) => [
  `corrected variance over ${unit}`,
  "corrected t over fold scores",
  `uncorrected over ${unit}`,
];

/**
 * Simulates data sets, cross-validates each learner on them and counts how often intervals hold the expected accuracy
 * at the fold's training size, and how often tests tell equally good learners apart.
 *
 * Two learners are equally good by construction: the same algorithm on features of its own that are drawn from the same
 * distribution, so that they differ on every data set and in nothing that could be expected. The truth is measured on
 * training sets and images of their own, none of which is in any of the data sets.
 */
export function* simulate({ datasets, images = 200, folds = 5 }: Simulation): Generator<SimulatedLearner> {
  if (images % (CLASSES * folds * IMAGES_PER_GROUP) !== 0) {
    throw new Error(
      `Cannot simulate: images must be a multiple of ${CLASSES * folds * IMAGES_PER_GROUP}, got ${images}`,
    );
  }
  for (const groups of [false, true]) {
    for (const [learner, learn] of Object.entries(LEARNERS)) {
      yield { learner, groups, ...simulateLearner(learn, groups, datasets, images, folds) };
    }
  }
}

function simulateLearner(learn: Learner, grouped: boolean, datasets: number, images: number, folds: number) {
  const names = methodNames(grouped ? "groups" : "images");
  const tallies = names.map(() => ({ covered: 0, width: 0, falsePositives: 0, power: 0 }));
  const sizes = { train: images - images / folds, test: images / folds };
  const intervals: Interval[][] = [];
  const accuracies: number[] = [];
  let truth = 0;
  for (let index = 0; index < datasets; index++) {
    truth += freshAccuracy(learn, grouped, sizes.train, new Random(`${index}/truth`)) / datasets;

    const random = new Random(`${index}/data`);
    const data = draw(random, images, grouped);
    const fold = stratifiedFolds(data, folds, random);
    const a = outOfFold(learn, data.first, fold, folds);
    const groups = grouped ? data.groups : undefined;
    const common = { labels: data.labels, folds, groups };
    const uncorrected = accuracyInterval({ correct: a, groups, resamples: 500, seed: index });
    accuracies.push(uncorrected.estimate);
    intervals.push([
      crossValidatedAccuracy({ ...common, correct: a }),
      correctedInterval(foldScores(a, fold, folds), { ...sizes, n: images }),
      uncorrected,
    ]);
    for (const [rows, counted] of [[data.equal, "falsePositives"], [data.better, "power"]] as const) {
      const b = outOfFold(learn, rows, fold, folds);
      [
        crossValidatedDifference({ ...common, a, b }).p,
        correctedTest(foldScores(a, fold, folds), foldScores(b, fold, folds), sizes).p,
        pairedTest({ a, b, groups }).p,
      ].forEach((p, method) => tallies[method][counted] += Number(p <= 0.05) / datasets);
    }
  }
  for (const made of intervals) {
    made.forEach(({ low, high }, method) => {
      tallies[method].covered += Number(low <= truth && truth <= high) / datasets;
      tallies[method].width += (high - low) / datasets;
    });
  }
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / datasets;
  return {
    truth,
    mean,
    deviation: Math.sqrt(accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / datasets),
    methods: tallies.map(({ covered, width, falsePositives, power }, method) => (
      { method: names[method], coverage: covered, width, falsePositives, power }
    )),
  };
}

interface Data {
  /** The same images as the first learner sees them, an equally good second one, and a better second one. */
  readonly first: Rows;
  readonly equal: Rows;
  readonly better: Rows;
  readonly labels: Int32Array;
  readonly groups: number[];
}

/** Where the classes lie: the same in all data sets. */
const MEANS = (() => {
  const random = new Random("classes");
  return Array.from({ length: CLASSES }, () => Array.from({ length: WIDTH }, () => 0.7 * random.normal()));
})();

/** Images of all classes in equal number, each group of one class; without groups, each image is its own. */
function draw(random: Random, images: number, grouped: boolean): Data {
  const perGroup = grouped ? IMAGES_PER_GROUP : 1;
  const [first, equal, better] = Array.from({ length: 3 }, () => new Float64Array(images * WIDTH));
  const labels = new Int32Array(images);
  const groups: number[] = [];
  for (let image = 0, offsets: number[] = []; image < images; image++) {
    const group = Math.floor(image / perGroup);
    if (image % perGroup === 0) {
      offsets = Array.from({ length: WIDTH + OWN }, () => grouped ? GROUP_SPREAD * random.normal() : 0);
    }
    labels[image] = group % CLASSES;
    groups.push(group);
    for (let j = 0; j < WIDTH; j++) {
      const at = image * WIDTH + j;
      const middle = MEANS[labels[image]][j];
      first[at] = middle + offsets[j] + random.normal();
      const other = j < SHARED ? 0 : offsets[OWN + j] + random.normal();
      equal[at] = j < SHARED ? first[at] : middle + other;
      better[at] = j < SHARED ? first[at] : CLEARER * middle + other;
    }
  }
  const rows = (features: Float64Array) => ({ features, width: WIDTH, labels });
  return { first: rows(first), equal: rows(equal), better: rows(better), labels, groups };
}

/** Fold of each image: every fold has as many groups of each class. */
function stratifiedFolds({ labels, groups }: Data, folds: number, random: Random): number[] {
  const classOf = new Map(groups.map((group, image) => [group, labels[image]]));
  const order = random.shuffled(classOf.keys()).sort((a, b) => classOf.get(a)! - classOf.get(b)!);
  const home = new Map(order.map((group, rank) => [group, rank % folds]));
  return groups.map((group) => home.get(group)!);
}

/** Whether each image is classified right by the learner trained on the other folds. */
function outOfFold(learn: Learner, rows: Rows, fold: readonly number[], folds: number): boolean[] {
  const correct = new Array<boolean>(fold.length);
  for (let left = 0; left < folds; left++) {
    const train: number[] = [], test: number[] = [];
    fold.forEach((home, image) => (home === left ? test : train).push(image));
    learn(rows, train, test, CLASSES).forEach((label, index) => {
      correct[test[index]] = label === rows.labels[test[index]];
    });
  }
  return correct;
}

function foldScores(correct: readonly boolean[], fold: readonly number[], folds: number): number[] {
  const right = new Array<number>(folds).fill(0), images = new Array<number>(folds).fill(0);
  correct.forEach((hit, image) => {
    right[fold[image]] += Number(hit);
    images[fold[image]]++;
  });
  return right.map((count, index) => count / images[index]);
}

/** Accuracy on 400 fresh images of the learner trained on `size` others. */
function freshAccuracy(learn: Learner, grouped: boolean, size: number, random: Random): number {
  const { first } = draw(random, size + 400, grouped);
  const train = Array.from({ length: size }, (_, index) => index);
  const test = Array.from({ length: 400 }, (_, index) => size + index);
  return learn(first, train, test, CLASSES).filter((label, index) => label === first.labels[test[index]]).length / 400;
}
