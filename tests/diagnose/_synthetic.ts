import { policies } from "../../lib/augment/mod.ts";
import type { Fold } from "../../lib/dataset/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import type { SplittableImages } from "../../lib/diagnose/mod.ts";
import type { EpochMetrics } from "../../lib/train/mod.ts";
import type { TrainedRun } from "../../lib/diagnose/mod.ts";

/** Pictures made by `paint`, images of one class one after the other, in groups of `groupSize`. */
export function pictures(options: {
  /** Images of each class. */
  counts: readonly number[];
  /** Values from 0 to 255 of the image's pixel p, channel c. */
  paint: (image: { label: number; group: string; index: number; random: Random }, p: number, c: number) => number;
  groupSize?: number;
  grouped?: boolean;
  size?: number;
  /** Images at the end of the list that are sealed. */
  sealed?: number;
}): SplittableImages {
  const { counts, paint, groupSize = 1, size = 16, sealed = 0 } = options;
  const records = counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, i) => ({ label, group: `${label}/${Math.floor(i / groupSize)}` }))
  );
  const development = [...records.keys()].slice(0, records.length - sealed);
  return {
    name: "synthetic",
    classes: counts.map((_, k) => `class ${k}`),
    grouped: options.grouped ?? groupSize > 1,
    records,
    size,
    development,
    pixels: (indices) => {
      const stride = size * size * 3;
      const all = new Uint8Array(indices.length * stride);
      indices.forEach((index, i) => {
        if (!development.includes(index)) throw new Error(`image ${index} is sealed`);
        const random = new Random(`picture ${index}`);
        for (let j = 0; j < stride; j++) {
          all[i * stride + j] = paint({ ...records[index], index, random }, Math.floor(j / 3), j % 3);
        }
      });
      return Promise.resolve(all);
    },
    folds: (k, { by, seed }) => kFold(records, development, k, by, seed),
  };
}

/** Every k-th unit (image or group, shuffled within its class) validates. */
function kFold(
  records: readonly { label: number; group: string }[],
  development: readonly number[],
  k: number,
  by: Fold["by"],
  seed: number,
): Fold[] {
  const unit = (i: number) => by === "group" ? records[i].group : String(i);
  const units = new Random(seed).shuffled(new Set(development.map(unit)))
    .toSorted((a, b) => labelOf(a) - labelOf(b));
  function labelOf(name: string): number {
    return by === "group" ? Number(name.split("/")[0]) : records[Number(name)].label;
  }
  const place = new Map(units.map((name, i) => [name, i % k]));
  return Array.from({ length: k }, (_, index) => ({
    train: development.filter((i) => place.get(unit(i)) !== index),
    validation: development.filter((i) => place.get(unit(i)) === index),
    by,
    index,
    of: k,
    seed,
  }));
}

/** A value per epoch, from 0 at the first to 1 at the last. */
export type Course = (progress: number, epoch: number) => number;

/** Runs over `folds` whose curves follow the courses given, with noise, and whose accuracies are as given. */
export function runs(
  folds: readonly Fold[],
  options: {
    epochs: number;
    loss: Course;
    validationLoss: Course;
    training: number;
    unseen: number;
    noise?: number;
    augmented?: boolean;
    seed?: number;
  },
): TrainedRun[] {
  const { epochs, noise = 0, training, unseen } = options;
  return folds.map((fold) => {
    const random = new Random(`${options.seed ?? 1}/${fold.index}`);
    const noisy = (value: number) => value * (1 + noise * random.normal());
    const history: EpochMetrics[] = Array.from({ length: epochs }, (_, e) => {
      const progress = epochs === 1 ? 1 : e / (epochs - 1);
      return {
        epoch: e + 1,
        loss: noisy(options.loss(progress, e + 1)),
        accuracy: training,
        validationLoss: noisy(options.validationLoss(progress, e + 1)),
        validationAccuracy: unseen,
        seconds: 1,
      };
    });
    const n = fold.validation.length;
    return {
      model: "net",
      config: {
        epochs,
        batchSize: 32,
        learningRate: 1e-3,
        earlyStopping: null,
        augmentation: options.augmented ? policies.flipShift : null,
        seed: 1,
      },
      fold,
      history,
      keptEpoch: epochs,
      correct: random.shuffled(Array.from({ length: n }, (_, i) => i < Math.round(unseen * n))),
      trainingAccuracy: training,
      deadUnits: [],
    };
  });
}
