import type { Dataset } from "../dataset/mod.ts";
import { inputs, targets } from "./_batches.ts";
import { trainingConfig } from "./config.ts";
import type { TrainingConfig } from "./types.ts";

/** One batch as a model gets it: what was meant to be fed shows in a configuration, what is fed shows here. */
export interface FedBatch {
  /** Pixel values, row by row. */
  readonly inputs: ArrayLike<number>;
  /** As [n, size, size, 3]. */
  readonly inputShape: readonly number[];
  /** One row of numbers per image, or the number of its class. */
  readonly targets: ArrayLike<number>;
  /** As [n, K] for rows, [n] or [n, 1] for class numbers. */
  readonly targetShape: readonly number[];
}

/** Images that are looked at unless others are named. */
const IMAGES = 128;

/**
 * Makes a batch exactly as training does, without augmentation, and reads it back from the engine.
 *
 * @param config What of the training decides about it: `inputRange`.
 * @param indices Whose images; by default up to 128 of the development images, evenly spread over them.
 */
export async function fedBatch(
  dataset: Pick<Dataset, "classes" | "size" | "development" | "pixels" | "labels">,
  config: Partial<TrainingConfig> = {},
  indices: readonly number[] = spread(dataset.development),
): Promise<FedBatch> {
  const examples = {
    pixels: await dataset.pixels(indices),
    labels: dataset.labels(indices),
    size: dataset.size,
    classes: dataset.classes.length,
  };
  const x = inputs(examples, [...indices.keys()], trainingConfig(config).inputRange);
  const y = targets(examples, [...indices.keys()]);
  try {
    return {
      inputs: Float32Array.from(await x.data()),
      inputShape: x.shape,
      targets: Float32Array.from(await y.data()),
      targetShape: y.shape,
    };
  } finally {
    x.dispose();
    y.dispose();
  }
}

function spread(all: readonly number[]): number[] {
  const n = Math.min(IMAGES, all.length);
  return Array.from({ length: n }, (_, i) => all[Math.floor(i * all.length / n)]);
}
