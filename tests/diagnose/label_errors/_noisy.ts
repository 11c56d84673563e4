import { Random } from "../../../lib/stats/mod.ts";
import type { PicturedImages, Predictions } from "../../../lib/diagnose/mod.ts";

/** A data set that a model of a given skill looks at, with some labels shuffled on purpose. */
export interface Noisy {
  readonly dataset: PicturedImages;
  readonly predictions: Predictions;
  /** Indices of the images whose label is wrong. */
  readonly wrong: ReadonlySet<number>;
}

/**
 * `n` images of `classes` classes. The model's scores are normal, the true class's raised by a skill of the image's own:
 * some images are easy, others hopeless. Labels of `rate` of the images are drawn anew among the other classes.
 */
export function noisy(options: {
  n: number;
  classes: number;
  rate: number;
  seed: number;
  /** Mean of the images' skills; 3 is right in some two of three, 1 in a third. */
  skill?: number;
  groupSize?: number;
}): Noisy {
  const { n, classes, rate, seed, skill = 3, groupSize = 1 } = options;
  const random = new Random(`noisy/${seed}`);
  const wrong = new Set(random.shuffled(Array.from({ length: n }, (_, i) => i)).slice(0, Math.round(rate * n)));
  const names = Array.from({ length: classes }, (_, k) => `class <${k}>`);
  const truth = Array.from({ length: n }, (_, i) => Math.floor(i / groupSize) % classes);
  const records = truth.map((label, i) => ({
    path: `${names[label]}/${i}.png`,
    group: groupSize > 1 ? `group ${Math.floor(i / groupSize)}` : String(i),
    label: wrong.has(i) ? (label + 1 + random.integer(classes - 1)) % classes : label,
  }));
  const probabilities = new Float32Array(n * classes);
  truth.forEach((label, i) => {
    const own = skill * 2 * random.next();
    const scores = names.map((_, k) => Math.exp(random.normal() + (k === label ? own : 0)));
    const sum = scores.reduce((a, b) => a + b, 0);
    probabilities.set(scores.map((score) => score / sum), i * classes);
  });
  const images = [...records.keys()];
  const correct = images.map((i) => {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(Math.max(...row)) === records[i].label;
  });
  return {
    dataset: {
      classes: names,
      grouped: groupSize > 1,
      records,
      thumbnail: (index) => Promise.resolve(Uint8Array.from([index])),
    },
    predictions: { name: "synthetic", images, correct, folds: 5, probabilities },
    wrong,
  };
}
