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
   * Decoupled weight decay (AdamW, Loshchilov and Hutter 2019): each step takes learning rate x this share off every
   * kernel; biases and normalisations are left alone. 0.01 to 0.1 are usual. None where it is left out, as with all
   * options below.
   */
  readonly weightDecay?: number;
  /** The share of each target that is spread over all classes (Szegedy et al. 2016), below 1; 0.1 is usual. */
  readonly labelSmoothing?: number;
  /** How the learning rate changes. */
  readonly schedule?: Schedule;
  /** Each batch is blended with itself in another order, by a share from Beta(alpha, alpha) (Zhang et al. 2018). */
  readonly mixup?: { readonly alpha: number };
  /**
   * A box of each image is taken from another one, and the target blended by its area, from Beta(alpha, alpha) (Yun et
   * al. 2019). With `mixup` too, each batch gets one of the two.
   */
  readonly cutmix?: { readonly alpha: number };
  /**
   * Stochastic weight averaging (Izmailov et al. 2018): what is kept is the mean of the weights after each epoch from
   * this share of the epochs on, with the statistics of batch normalisation taken anew. Not with early stopping.
   */
  readonly averaging?: { readonly from: number };
  /** Images of small classes count more in the loss, so that all classes count the same. */
  readonly classWeights?: "balanced";
  /**
   * What a run is scored on is predicted from so many views of each image, 10 at most: as it is, mirrored, and moved by a
   * sixteenth of its size to each of four sides, both ways round; their probabilities are averaged.
   */
  readonly testTimeAugmentation?: number;
  /**
   * Train on at most that many images of the fold, drawn by its seed, classes in proportion; and watch as many after
   * each epoch. What a run is scored on stays the whole validation part. Without it, all images are trained on.
   */
  readonly mostImages?: number;
}

/** How the learning rate changes from step to step. */
export type Schedule =
  /** It rises over the first epochs and then falls to 0 as half a cosine (Loshchilov and Hutter 2017). */
  | { readonly kind: "cosine"; readonly warmupEpochs: number }
  /**
   * It goes from `learningRate` to `to`, by the same factor at each step, and every step's loss is kept: a training that
   * says which rates work (Smith 2017).
   */
  | { readonly kind: "range"; readonly to: number };

/**
 * Losses by their names in TensorFlow.js, over one-hot rows; and "cosine", one minus the cosine between probabilities and
 * target (after Barz and Denzler 2020, who take it of the network's last features).
 */
export type Loss = "categoricalCrossentropy" | "binaryCrossentropy" | "meanSquaredError" | "cosine";

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
  /** The loss at each step of the epoch, before it; only where a schedule goes through a range of learning rates. */
  readonly stepLosses?: readonly number[];
  readonly seconds: number;
}

/** How much of a ReLU layer never fires. */
export interface DeadUnits {
  readonly layer: string;
  /** Channels that are zero for every training image looked at, as a share. */
  readonly share: number;
}
