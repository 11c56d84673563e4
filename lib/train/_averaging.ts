import { type layers, tf } from "../engine/mod.ts";
import { type Examples, inputs } from "./_batches.ts";
import { breathe } from "./_breathe.ts";
import { putWeights, takeWeights } from "./_weights.ts";
import type { TrainingConfig } from "./types.ts";

/** A running mean of a model's weights (stochastic weight averaging, Izmailov et al. 2018). */
export class AveragedWeights {
  #mean: Float64Array[] | null = null;
  #count = 0;

  /** Takes in the weights as they are now. */
  async add(model: layers.LayersModel): Promise<void> {
    const weights = await takeWeights(model);
    this.#count++;
    this.#mean ??= weights.map(({ length }) => new Float64Array(length));
    weights.forEach((values, w) => {
      const mean = this.#mean![w];
      values.forEach((value, i) => mean[i] += (value - mean[i]) / this.#count);
    });
  }

  /**
   * Puts the mean into the model. The statistics of batch normalisation belong to other weights then: they are taken
   * anew over the training images, as the mean over batches.
   */
  async putInto(
    model: layers.LayersModel,
    training: Examples,
    { batchSize, inputRange }: Pick<TrainingConfig, "batchSize" | "inputRange">,
  ): Promise<void> {
    if (this.#mean === null) return;
    putWeights(model, this.#mean.map((values) => Float32Array.from(values)));
    const norms = model.layers.filter((layer) => layer.getClassName() === "BatchNormalization") as unknown as Norm[];
    if (norms.length === 0) return;
    const momenta = norms.map(({ momentum }) => momentum);
    for (let start = 0, batch = 0; start < training.labels.length; start += batchSize, batch++) {
      const rows = Array.from({ length: Math.min(batchSize, training.labels.length - start) }, (_, i) => start + i);
      const x = inputs(training, rows, inputRange);
      // The mean over the batches so far: the first replaces what was there.
      for (const norm of norms) norm.momentum = batch / (batch + 1);
      tf.tidy(() => void model.apply(x, { training: true }));
      x.dispose();
      await breathe();
    }
    norms.forEach((norm, i) => norm.momentum = momenta[i]);
  }
}

/** What tfjs keeps to itself of a batch normalisation. */
interface Norm {
  momentum: number;
}
