import { createHash } from "node:crypto";
import type { Dataset } from "../dataset/mod.ts";
import { Random } from "../stats/mod.ts";
import { QuizError } from "./errors.ts";
import { type Askable, askableImages, drawReferences } from "./_references.ts";

/** Enough that the interval of the accuracy is at most 10 points wide to either side, whatever the accuracy. */
export const DEFAULT_IMAGES = 100;

/** What people are asked about. */
export interface Questions {
  readonly seed: number;
  /** Indices into the data set's records, in the order they are asked. */
  readonly images: readonly number[];
  /** [K] Images of each class to show on its button; none of them is asked, nor any of their groups. */
  readonly references: readonly (readonly number[])[];
  /** How many images there are to ask about, in all. */
  readonly available: number;
  /** SHA-256, hexadecimal, over the content of the asked images, whatever their order. */
  readonly fingerprint: string;
}

/**
 * Draws the images to ask people about: development images only, each content once, each class as often as it occurs.
 * The same data set and seed give everybody the same images, so that people can be compared; a smaller number gives a
 * part of the images of a larger one. Left out are images whose content has two labels, which nobody can get right.
 *
 * @param options `images`: 100 by default, all there are where there are fewer. `seed`: 1 by default.
 * @throws QuizError for a number of images that is no whole number of at least 1.
 */
export function drawQuestions(
  dataset: Pick<Dataset, "classes" | "records" | "development">,
  { images = DEFAULT_IMAGES, seed = 1 }: { readonly images?: number; readonly seed?: number } = {},
): Questions {
  if (!Number.isInteger(images) || images < 1) {
    throw new QuizError(
      `Cannot make a quiz: the number of images must be a whole number of at least 1, it is ${images}`,
    );
  }
  const candidates = askableImages(dataset);
  const { references, askable } = drawReferences(candidates, dataset.classes.length, seed);
  const chosen = proportional(askable, new Random(`${seed}/quiz`)).slice(0, images);
  const order = new Random(`${seed}/quiz-order`).shuffled(chosen.map(({ index }) => index));
  const hashes = chosen.map(({ hash }) => hash).sort();
  return {
    seed,
    images: order,
    references,
    available: askable.length,
    fingerprint: createHash("sha256").update(hashes.join("\n")).digest("hex"),
  };
}

/**
 * All images in an order any beginning of which has the classes in their proportions: the j-th of the n images of a
 * class has its place at (j + 1/2) / n.
 */
function proportional(images: readonly Askable[], random: Random): Askable[] {
  const seen = new Map<number, number>();
  const total = new Map<number, number>();
  for (const { label } of images) total.set(label, (total.get(label) ?? 0) + 1);
  return random.shuffled(images).map((image) => {
    const rank = seen.get(image.label) ?? 0;
    seen.set(image.label, rank + 1);
    return { image, place: (rank + 0.5) / total.get(image.label)! };
  }).toSorted((a, b) => a.place - b.place).map(({ image }) => image);
}
