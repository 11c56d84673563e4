import type { PicturedImages, Predictions } from "../../lib/diagnose/mod.ts";
import { Random } from "../../lib/stats/mod.ts";

/** Images without pixels: `counts[k]` of class k, in groups of `groupSize` where that is given. */
export function labelled(
  counts: readonly number[],
  { groupSize = 0, names = counts.map((_, k) => `class ${k}`) }: {
    readonly groupSize?: number;
    readonly names?: readonly string[];
  } = {},
): PicturedImages {
  const records = counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, i) => ({
      label,
      path: `${names[label]}/${i}.png`,
      group: `${label}/${Math.floor(i / Math.max(1, groupSize))}`,
    }))
  );
  return {
    classes: names,
    grouped: groupSize > 0,
    records,
    thumbnail: (index) => Promise.resolve(new TextEncoder().encode(`picture ${index}`)),
  };
}

/** What a model says of each image: a class, how sure it is; or null for NaN in all classes. */
export type Says = (image: number, label: number, random: Random) => { said: number; p: number } | null;

/** Out-of-fold predictions; image i is in fold i % folds, class by class, so folds are stratified. */
export function predicted(
  dataset: PicturedImages,
  says: Says,
  { folds = 5, seed = 1, name = "net" }: { readonly folds?: number; readonly seed?: number; readonly name?: string } =
    {},
): Predictions {
  const random = new Random(`predictions/${seed}`);
  const K = dataset.classes.length;
  const images = [...dataset.records.keys()];
  const probabilities = new Float32Array(images.length * K);
  const correct = images.map((image) => {
    const { label } = dataset.records[image];
    const answer = says(image, label, random);
    for (let k = 0; k < K; k++) {
      probabilities[image * K + k] = answer === null ? NaN : k === answer.said ? answer.p : (1 - answer.p) / (K - 1);
    }
    return answer?.said === label;
  });
  return { name, images, correct, folds, probabilities, foldOf: images.map((image) => image % folds) };
}

/** The same as runs, one per fold, as training gives them. */
export function asRuns(predictions: Predictions, classes: number) {
  const { name, folds, foldOf, images, correct, probabilities } = predictions;
  return Array.from({ length: folds }, (_, fold) => {
    const rows = [...images.keys()].filter((i) => foldOf![i] === fold);
    return {
      model: name,
      fold: { validation: rows.map((i) => images[i]) },
      correct: rows.map((i) => correct[i]),
      probabilities: Float32Array.from(
        rows.flatMap((i) => [...probabilities.subarray(i * classes, (i + 1) * classes)]),
      ),
    };
  });
}

/** Right with probability `share`, else any other class; as sure as that. */
export function rightIn(share: number, classes: number): Says {
  return (_image, label, random) => {
    const right = random.next() < share;
    return { said: right ? label : (label + 1 + random.integer(classes - 1)) % classes, p: Math.max(share, 0.51) };
  };
}
