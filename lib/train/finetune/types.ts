/** How the last blocks of a pre-trained network are trained on. */
export interface FineTuningConfig {
  /** At most. */
  readonly epochs: number;
  readonly batchSize: number;
  /** Of the head, at its highest. */
  readonly learningRate: number;
  /**
   * Of the last block of the network; each block before it learns slower by {@link SLOWER} (Howard and Ruder 2018).
   */
  readonly backboneRate: number;
  /** Share of a weight that is taken off at each step, times its learning rate (Loshchilov and Hutter 2019). */
  readonly weightDecay: number;
  /** Epochs without a lower loss on the inner part after which it ends. */
  readonly patience: number;
  /** Whether each image is mirrored in half of the epochs. */
  readonly mirror: boolean;
  /**
   * Up to which share an image is mixed with another one, from 0 (not at all) to 0.5 (half and half), where the frozen part
   * hands it over (Verma et al. 2019).
   */
  readonly mixup: number;
  /** Share of the features that the head does not see at each step. */
  readonly dropout: number;
  readonly seed: number;
}

/** By how much a block learns slower than the one after it. */
export const SLOWER = 2.6;

/**
 * The usual settings, chosen by the loss on inner parts of two folds of emoji16 and clothing10: what mixing and dropping
 * bring, data/backbone/README.md says.
 */
export const FINE_TUNING: FineTuningConfig = {
  epochs: 10,
  batchSize: 32,
  learningRate: 3e-4,
  backboneRate: 1e-4,
  weightDecay: 0.01,
  patience: 6,
  mirror: true,
  mixup: 0.5,
  dropout: 0.3,
  seed: 1,
};

/** One epoch of fine-tuning. Epoch 0 is the head alone, on the features as they were published. */
export interface FineTuningEpoch {
  readonly epoch: number;
  /** Mean cross-entropy on the training images, in nats; null for epoch 0. */
  readonly loss: number | null;
  /** On the inner part; null where there is none. */
  readonly innerLoss: number | null;
  readonly innerAccuracy: number | null;
}
