import type { AugmentationPolicy } from "../augment/mod.ts";

/** How to train. All of it is part of the experiment's hash. */
export interface TrainingConfig {
  readonly epochs: number;
  readonly batchSize: number;
  /** Adam's. */
  readonly learningRate: number;
  /**
   * Stop after `patience` epochs without a lower loss on an inner part of the training images (`Dataset.innerPart`, 15 %,
   * not trained on), and put back the weights of the best one. `fold.validation` has no say in it, or its accuracy would
   * be that of a chosen epoch. Where the training part is too small to give any image, all epochs are trained and the
   * last weights kept.
   */
  readonly earlyStopping: { readonly patience: number } | null;
  readonly augmentation: AugmentationPolicy | null;
  /** What training minimises. Anything but the first is there to prove what a wrong choice costs. */
  readonly loss: Loss;
  /** The range that pixels are scaled to: [0, 1], or [0, 255] to prove what unscaled pixels cost. */
  readonly inputRange: readonly [0, 1] | readonly [0, 255];
  /**
   * Show every class equally often: those of small classes several times an epoch, of large ones only a part, another
   * each time. Epochs keep their number of images. Off where it is left out.
   */
  readonly balanced?: true;
  readonly seed: number;
  /**
   * Train on at most that many images of the fold, drawn by its seed, classes in proportion; and watch as many after
   * each epoch. What a run is scored on stays the whole validation part. Without it, all images are trained on.
   */
  readonly mostImages?: number;
}

/** Losses by their names in TensorFlow.js, over one-hot rows. */
export type Loss = "categoricalCrossentropy" | "binaryCrossentropy" | "meanSquaredError";

/** One row of the learning curves. Losses are mean cross-entropies in nats, accuracies shares from 0 to 1. */
export interface EpochMetrics {
  /** 1-based. */
  readonly epoch: number;
  /** Over the epoch's batches, as training saw them: augmented, and with weights that still change. */
  readonly loss: number;
  readonly accuracy: number;
  /** On `fold.validation`, with the weights at the end of the epoch: to look at, never to choose by. */
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  /** The same on the inner part that early stopping goes by; missing where there is none. */
  readonly innerLoss?: number;
  readonly innerAccuracy?: number;
  readonly seconds: number;
}

/** How much of a ReLU layer never fires. */
export interface DeadUnits {
  readonly layer: string;
  /** Channels that are zero for every training image looked at, as a share. */
  readonly share: number;
}
