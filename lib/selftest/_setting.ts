import { policies } from "../augment/mod.ts";
import { smallCnn } from "../model/mod.ts";
import { trainingConfig } from "../train/mod.ts";
import type { Setting } from "./types.ts";

/** Height and width at which the short trainings see the images: a quarter of the usual work. */
export const TRAINING_SIZE = 32;

/** Long enough for the small CNN to have fitted some hundred images, so that a training that has not is told apart. */
const EPOCHS = 15;

/** How a careful person trains: what the lint finds wrong with this is a false alarm. */
export function cleanSetting(seed: number): Setting {
  const config = trainingConfig({ epochs: EPOCHS, augmentation: policies.flipShift, seed });
  return { model: smallCnn(), config };
}
