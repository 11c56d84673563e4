import type { Fold } from "../dataset/mod.ts";
import { type Figure, Figures, type ResultRecord, Shown } from "../display/mod.ts";
import type { Interval } from "../stats/mod.ts";
import { trainingConfig } from "./config.ts";
import type { DeadUnits, EpochMetrics, TrainingConfig } from "./types.ts";

/** What training one experiment gave. */
export class Run extends Shown {
  /** The experiment's hash, hexadecimal. */
  readonly id!: string;
  /** Name of the model's specification. */
  readonly model!: string;
  readonly config!: TrainingConfig;
  readonly fold!: Fold;
  /** The part of `fold.train` that early stopping went by, and that was not trained on; empty where there is none. */
  readonly inner!: readonly number[];
  /** One row per epoch; shorter than `config.epochs` when stopped early or when the loss was no number any more. */
  readonly history!: readonly EpochMetrics[];
  /** The epoch (1-based) whose weights were kept: the best by inner loss with early stopping, else the last. */
  readonly keptEpoch!: number;
  /** Weights of the model that training changes. */
  readonly parameters!: number;
  /** With the kept weights, in the order of `fold.validation`: probabilities [n, K], row by row. */
  readonly probabilities!: Float32Array;
  /** Whether each image of `fold.validation` is classified right by the kept weights. */
  readonly correct!: readonly boolean[];
  /** Images really trained on (`fold.train` without `inner`) classified right by the kept weights, without augmentation, as a share. */
  readonly trainingAccuracy!: number;
  /** Accuracy on `fold.validation`, with its interval. */
  readonly validationAccuracy!: Interval;
  readonly deadUnits!: readonly DeadUnits[];
  /** As "onnx 1.30.0, 2 threads". */
  readonly engine!: string;
  /** What training took, when it was done. */
  readonly seconds!: number;
  /** Whether it came from the store. */
  readonly cached!: boolean;

  constructor(fields: Omit<Run, keyof Shown | "figures">) {
    super();
    Object.assign(this, fields);
  }

  /** The numbers worth quoting. */
  figures(): Figure[] {
    const { estimate, low, high, n, groups, method } = this.validationAccuracy;
    const id = `${this.model}.batch-${this.config.batchSize}.by-${this.fold.by}`;
    const of = `${this.model}, batches of ${this.config.batchSize}`;
    return [
      {
        id: `${id}.training-accuracy`,
        label: `Accuracy on training images: ${of}`,
        value: this.trainingAccuracy,
        unit: "share",
        n: this.fold.train.length - this.inner.length,
      },
      {
        id: `${id}.validation-accuracy`,
        label: `Accuracy on unseen images: ${of}`,
        value: estimate,
        low,
        high,
        unit: "share",
        n,
        groups,
        method,
        key: true,
        ...(this.#isRung() ? { rung: "model", of: this.#inShort() } as const : {}),
      },
      { id: `${id}.epochs`, label: "Epochs", value: this.history.length, unit: "count" },
      { id: `${id}.parameters`, label: "Trainable weights", value: this.parameters, unit: "count" },
      { id: `${id}.seconds`, label: "Training took", value: this.seconds, unit: "seconds" },
    ];
  }

  /** What is trained with a wrong loss, to prove what that costs, has no place among the accuracies that count. */
  #isRung(): boolean {
    return this.config.loss === trainingConfig().loss;
  }

  #inShort(): string {
    const { batchSize } = this.config;
    return batchSize === trainingConfig().batchSize ? this.model : `${this.model}, batches of ${batchSize}`;
  }

  override html(): string {
    return new Figures(this.figures()).html();
  }

  override text(): string {
    return new Figures(this.figures()).text();
  }

  override record(): ResultRecord {
    return { figures: this.figures() };
  }
}
