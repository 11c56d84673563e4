import type { AugmentationPolicy } from "../augment/mod.ts";
import type { Fold } from "../dataset/mod.ts";

/** How to train. All of it is part of the experiment's hash. */
export interface TrainingConfig {
  readonly epochs: number;
  readonly batchSize: number;
  /** Adam's. */
  readonly learningRate: number;
  /** Stop after `patience` epochs without a lower validation loss, and put back the weights of the best one. */
  readonly earlyStopping: { readonly patience: number } | null;
  readonly augmentation: AugmentationPolicy | null;
  readonly seed: number;
}

/** One row of the learning curves. Losses are mean cross-entropies in nats, accuracies shares. */
export interface EpochMetrics {
  /** 1-based. */
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  readonly seconds: number;
}

/** What training one experiment gave. */
export interface Run {
  /** The experiment's hash, hexadecimal. */
  readonly id: string;
  readonly model: string;
  readonly config: TrainingConfig;
  readonly fold: Fold;
  readonly history: readonly EpochMetrics[];
  /** The epoch (1-based) whose weights were kept: the best by validation loss with early stopping, else the last. */
  readonly keptEpoch: number;
  /** Trainable weights of the model. */
  readonly parameters: number;
  /** With the kept weights, in the order of `fold.validation`: probabilities [n, K], row by row. */
  readonly probabilities: Float32Array;
  /** Whether each image of `fold.validation` is classified right by the kept weights. */
  readonly correct: readonly boolean[];
  /** Training images classified right by the kept weights, without augmentation, as a share. */
  readonly trainingAccuracy: number;
  /** Share of the units that are zero for all training images, per ReLU layer. */
  readonly deadUnits: readonly { readonly layer: string; readonly share: number }[];
  /** As "onnx 1.30.0, 2 threads". */
  readonly engine: string;
  readonly seconds: number;
  /** Whether it came from the store. */
  readonly cached: boolean;
}
