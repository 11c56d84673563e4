import { layers, tf } from "../engine/mod.ts";
import { Random } from "../stats/mod.ts";
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
  async putInto(model: layers.LayersModel, training: Examples, config: Normed): Promise<void> {
    if (this.#mean === null) return;
    putWeights(model, this.#mean.map((values) => Float32Array.from(values)));
    await measureNorms(model, training, config);
  }
}

/**
 * Gives every batch normalisation the mean and variance that batches of the training images have on average with the
 * weights as they are. The images are shuffled: in their own order a batch would have one class, and too little
 * variance. Batches that are not full have no part in it, unless there is no other.
 */
async function measureNorms(model: layers.LayersModel, training: Examples, config: Normed): Promise<void> {
  const norms = layersOf(model).filter((layer) => layer.getClassName() === "BatchNormalization") as Norm[];
  if (norms.length === 0) return;
  const { batchSize, inputRange, augmentation, seed } = config;
  const random = new Random(`${seed}/averaging`);
  const order = random.shuffled(training.labels.keys());
  const variation = augmentation ? { policy: augmentation, random } : undefined;
  const momenta = norms.map(({ momentum }) => momentum);
  const batches = Math.max(1, Math.floor(order.length / batchSize));
  const sums: Float64Array[][] = norms.map(() => []);
  // Without momentum, what a layer keeps is what its last batch had.
  for (const norm of norms) norm.momentum = 0;
  for (let batch = 0; batch < batches; batch++) {
    const x = inputs(training, order.slice(batch * batchSize, (batch + 1) * batchSize), inputRange, variation);
    tf.tidy(() => void model.apply(x, { training: true }));
    for (const [i, norm] of norms.entries()) {
      for (const [part, kept] of statisticsOf(norm).entries()) {
        const values = await kept.data();
        const sum = sums[i][part] ??= new Float64Array(values.length);
        values.forEach((value, j) => sum[j] += value);
      }
    }
    x.dispose();
    await breathe();
  }
  norms.forEach((norm, i) => {
    norm.momentum = momenta[i];
    const measured = sums[i].map((sum) => tf.tensor1d(Float32Array.from(sum, (value) => value / batches)));
    norm.setWeights([...norm.getWeights().slice(0, -2), ...measured]);
    tf.dispose(measured);
  });
}

/** Moving mean and variance, which come last among its weights. */
function statisticsOf(norm: Norm): tf.Tensor[] {
  return norm.getWeights().slice(-2);
}

function layersOf(model: layers.LayersModel): layers.layers.Layer[] {
  return model.layers.flatMap((layer) => layer instanceof layers.LayersModel ? layersOf(layer) : [layer]);
}

/** What of a configuration says which batches there are. */
type Normed = Pick<TrainingConfig, "batchSize" | "inputRange" | "augmentation" | "seed">;

/** With what tfjs keeps to itself. */
type Norm = layers.layers.Layer & { momentum: number };
