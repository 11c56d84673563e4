import type { Fold } from "../../dataset/mod.ts";
import { record, tf } from "../../engine/mod.ts";
import { loadBackbone, type Tail, trainableTail } from "../../model/mod.ts";
import { fineTune, tunedFeatures, TunedNetwork } from "../../train/mod.ts";
import { Nodes } from "../export/resize_nodes.ts";
import type { Fitted, Kind, Look, Pictures, Predictor } from "../fitted.ts";
import type { FineTunedRecipe } from "../types.ts";

/** Pictures computed together. */
const BATCH = 32;

/** Pre-trained networks whose last blocks are trained on. */
export const fineTuned: Kind<FineTunedRecipe> = {
  async identity(recipe) {
    const { backbone, version } = await tailOf(recipe);
    return `${backbone} ${version}`;
  },

  async fit(images, indices, recipe) {
    const by = images.grouped ? "group" : "image";
    const whole: Fold = { train: indices, validation: [], by, index: 0, of: 1, seed: recipe.seed };
    const [{ weights }] = await fineTune(images, await tailOf(recipe), [whole], settings(recipe));
    return { recipe, arrays: { weights }, facts: {}, members: [] };
  },

  async open(fitted, { classes }) {
    return new TunedPredictor(await networkOf(fitted, classes));
  },

  async write(fitted, { classes }, prefix) {
    using network = await networkOf(fitted, classes);
    const { size } = network.tail;
    const recorded = await record(
      (x) => {
        const { probabilities, features } = network.program(x as tf.Tensor4D);
        return tf.concat([probabilities, features], 1);
      },
      [1, size, size, 3],
      prefix,
    );
    const g = new Nodes(`${prefix}cut/`);
    const cut = (from: number, to: number) => g.add("Slice", [recorded.output, g.ints(from), g.ints(to), g.ints(1)]);
    return {
      inputs: [{ name: recorded.input, size }],
      probabilities: cut(0, classes),
      embedding: cut(classes, recorded.shape[1]),
      opset: recorded.opset,
      nodes: [...recorded.nodes, ...g.nodes],
      constants: [...recorded.constants, ...g.constants],
    };
  },

  async embeddings(images, fold, recipe) {
    const tail = await tailOf(recipe);
    const [{ weights }] = await fineTune(images, tail, [fold], settings(recipe));
    using network = new TunedNetwork(tail, images.classes.length);
    network.put(weights);
    return {
      train: await tunedFeatures(images, network, fold.train),
      validation: await tunedFeatures(images, network, fold.validation),
      dimensions: tail.dimensions,
    };
  },
};

/** The features that fine-tuning starts from are averages. */
async function tailOf({ backbone, from }: FineTunedRecipe): Promise<Tail> {
  const usual = await loadBackbone(backbone);
  const averaged = usual.poolings.join() === "average" ? usual : usual.choose({ poolings: ["average"] });
  return await trainableTail(averaged, { from });
}

function settings({ epochs, batchSize, learningRate, backboneRate, seed }: FineTunedRecipe) {
  return { epochs, batchSize, learningRate, backboneRate, seed };
}

async function networkOf({ recipe, arrays }: Fitted<FineTunedRecipe>, classes: number): Promise<TunedNetwork> {
  const network = new TunedNetwork(await tailOf(recipe), classes);
  network.put(arrays.weights as Float32Array);
  return network;
}

class TunedPredictor implements Predictor {
  constructor(readonly network: TunedNetwork) {}

  async look({ n, pixels: ask }: Pictures): Promise<Look> {
    const { tail: { size, dimensions }, classes } = this.network;
    const pixels = await ask(size);
    const stride = size * size * 3;
    const probabilities = new Float64Array(n * classes), embedding = new Float32Array(n * dimensions);
    for (let start = 0; start < n; start += BATCH) {
      const count = Math.min(BATCH, n - start);
      const seen = await this.network.look(pixels.subarray(start * stride, (start + count) * stride), count);
      probabilities.set(seen.probabilities, start * classes);
      embedding.set(seen.features, start * dimensions);
    }
    return { probabilities, embedding };
  }

  dispose(): void {
    this.network[Symbol.dispose]();
  }
}
