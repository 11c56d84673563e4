import type { Dataset, Fold } from "../dataset/mod.ts";
import { Random } from "../stats/mod.ts";
import type { TrainingConfig } from "./types.ts";

type Labelled = Pick<Dataset, "records">;

/**
 * At most `config.mostImages` of these images, classes in proportion, each class at least once where there is room. The
 * draw comes from the fold, so that two models on one fold are given the same images.
 */
export function limited(
  { records }: Labelled,
  images: readonly number[],
  { mostImages = Infinity }: Pick<TrainingConfig, "mostImages">,
  fold: Pick<Fold, "seed" | "index" | "of">,
): readonly number[] {
  if (images.length <= mostImages) return images;
  const random = new Random(`${fold.seed}/most-images/${mostImages}/${fold.index}/${fold.of}`);
  const classes = Map.groupBy(random.shuffled(images), (image) => records[image].label);
  // The first of each class come first, then evenly on through all classes, however large.
  return [...classes.values()]
    .flatMap((members) => members.map((image, i) => ({ image, place: i / members.length })))
    .sort((a, b) => a.place - b.place)
    .slice(0, mostImages)
    .map(({ image }) => image)
    .sort((a, b) => a - b);
}

/** The fold with as much to train on as the configuration allows; its validation part stays whole. */
export function limitedFold(
  dataset: Labelled,
  fold: Fold,
  config: Pick<TrainingConfig, "mostImages">,
): Fold {
  return { ...fold, train: limited(dataset, fold.train, config, fold) };
}
