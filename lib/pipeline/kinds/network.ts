import type { Dataset, Fold } from "../../dataset/mod.ts";
import { layers, record, tf } from "../../engine/mod.ts";
import { type PortableModel, rebuild, specOf } from "../../model/mod.ts";
import { fit as train, keptWeights, viewsOf } from "../../train/mod.ts";
import { PipelineError } from "../errors.ts";
import { Nodes } from "../export/resize_nodes.ts";
import type { Fitted, FoldEmbedding, Kind, Look, Pictures, Predictor } from "../fitted.ts";
import type { NetworkRecipe } from "../types.ts";
import { picturesOf } from "../pictures.ts";

/** Pictures computed together. */
const BATCH = 64;

/** More numbers than that compare single pixels of a map, not pictures, and would fill the disk. */
const LONGEST_EMBEDDING = 4096;

/** Networks that are trained from nothing. */
export const network: Kind<NetworkRecipe> = {
  identity: () => Promise.resolve(""), // model and configuration are in the recipe

  async fit(images, indices, recipe) {
    return {
      recipe,
      arrays: { weights: await weightsOf(images, wholeFold(images, indices, recipe), recipe) },
      facts: {},
      members: [],
    };
  },

  async open(fitted, { classes, size }) {
    return await NetworkPredictor.open(fitted, classes, size);
  },

  async write(fitted, { classes, size }, prefix) {
    const predictor = await NetworkPredictor.open(fitted, classes, size);
    try {
      const { size: side, range, model, inner, views } = predictor;
      if (views > 1) {
        throw new PipelineError(`Cannot export: ${fitted.recipe.model.name} looks at ${views} views of each picture`);
      }
      const recorded = await record(
        (x) => {
          const outputs = [(inner ?? model).apply(tf.div(x, 255 / range), { training: false })].flat() as tf.Tensor2D[];
          return tf.concat(outputs, 1);
        },
        [1, side, side, 3],
        prefix,
      );
      const g = new Nodes(`${prefix}cut/`);
      const cut = (from: number, to: number) => g.add("Slice", [recorded.output, g.ints(from), g.ints(to), g.ints(1)]);
      const probabilities = cut(0, classes);
      const embedding = inner === null ? null : cut(classes, recorded.shape[1]);
      return {
        inputs: [{ name: recorded.input, size: side }],
        probabilities,
        embedding,
        opset: recorded.opset,
        nodes: [...recorded.nodes, ...g.nodes],
        constants: [...recorded.constants, ...g.constants],
      };
    } finally {
      predictor.dispose();
    }
  },

  async embeddings(images, fold, recipe) {
    const weights = await weightsOf(images, fold, recipe);
    const [classes, size] = [images.classes.length, images.size];
    const predictor = await NetworkPredictor.open(
      { recipe, arrays: { weights }, facts: {}, members: [] },
      classes,
      size,
    );
    try {
      if (predictor.inner === null) return null;
      const look = async (indices: readonly number[]) =>
        (await predictor.look(picturesOf(indices.length, (wanted) => images.pixels(indices, { size: wanted }))))
          .embedding;
      const [trained, validation] = [await look(fold.train), await look(fold.validation)];
      if (trained === null || validation === null) return null;
      return { train: trained, validation, dimensions: trained.length / fold.train.length } satisfies FoldEmbedding;
    } finally {
      predictor.dispose();
    }
  },
};

/**
 * All of `indices` to train on. What is measured after each epoch is the part that early stopping goes by: there is
 * nothing left to measure on, and nothing is chosen by it.
 */
export function wholeFold(images: Dataset, indices: readonly number[], { config }: NetworkRecipe): Fold {
  const by = images.grouped ? "group" : "image";
  const seed = config.seed ?? 1;
  const whole: Fold = { train: indices, validation: [], by, index: 0, of: 1, seed };
  const inner = config.earlyStopping ? images.innerPart(whole, { seed }) : [];
  return { ...whole, validation: inner.length > 0 ? inner : indices.slice(0, 1) };
}

async function weightsOf(images: Dataset, fold: Fold, { model, config }: NetworkRecipe): Promise<Float32Array> {
  const run = await train(await specOf(model), images, fold, config);
  const weights = await keptWeights(run);
  if (weights === null) throw new PipelineError(`Cannot use the training of ${model.name}: its weights are gone`);
  return weights;
}

class NetworkPredictor implements Predictor {
  private constructor(
    readonly model: layers.LayersModel,
    readonly inner: layers.LayersModel | null,
    readonly size: number,
    readonly range: number,
    readonly views: number,
  ) {}

  static async open({ recipe, arrays }: Fitted<NetworkRecipe>, classes: number, size: number) {
    const spec = await specOf(recipe.model);
    const input = { size: spec.inputSize ?? size, classes, seed: recipe.config.seed ?? 1 };
    const model = await rebuild(recipe.model as PortableModel, input);
    putWeights(model, arrays.weights as Float32Array, recipe.model.name);
    const [, highest] = recipe.config.inputRange ?? spec.inputRange ?? [0, 1];
    return new NetworkPredictor(model, embedder(model), input.size, highest, recipe.config.testTimeAugmentation ?? 1);
  }

  async look({ n, pixels: ask }: Pictures): Promise<Look> {
    const { size, views } = this;
    const pixels = await ask(size);
    const first = await this.#look(pixels, n);
    // Further views as training scored it: the probabilities are the mean, the embedding is of the picture as it is.
    for (const seen of viewsOf({ pixels, size }, views)) {
      (await this.#look(seen, n)).probabilities.forEach((value, i) => first.probabilities[i] += value);
    }
    return { ...first, probabilities: first.probabilities.map((value) => value / views) };
  }

  async #look(pixels: Uint8Array, n: number): Promise<Look> {
    const { size, range, model, inner } = this;
    const stride = size * size * 3;
    const probabilities: number[] = [], embedding: number[] = [];
    for (let start = 0; start < n; start += BATCH) {
      const count = Math.min(BATCH, n - start);
      const values = Float32Array.from(
        pixels.subarray(start * stride, (start + count) * stride),
        (value) => value / (255 / range),
      );
      const outputs = tf.tidy(() => {
        const x = tf.tensor4d(values, [count, size, size, 3]);
        return [(inner ?? model).predictOnBatch(x)].flat() as tf.Tensor[];
      });
      for (const value of await outputs[0].data()) probabilities.push(value);
      if (inner !== null) { for (const value of await outputs[1].data()) embedding.push(value); }
      tf.dispose(outputs);
    }
    return {
      probabilities: Float64Array.from(probabilities),
      embedding: inner === null ? null : Float32Array.from(embedding),
    };
  }

  dispose(): void {
    this.model.dispose();
  }
}

/** The network with one more output: what its last layer with weights sees. */
function embedder(model: layers.LayersModel): layers.LayersModel | null {
  const last = model.layers.findLast((layer) => layer.weights.length > 0);
  const seen = last?.inboundNodes.length === 1 ? last.input : null;
  if (seen === null || seen === undefined || Array.isArray(seen) || seen.shape.length !== 2) return null;
  if ((seen.shape[1] ?? Infinity) > LONGEST_EMBEDDING) return null;
  return layers.model({ inputs: model.inputs, outputs: [model.outputs[0], seen] });
}

/** @param all One after the other, as a run keeps them. */
export function putWeights(model: layers.LayersModel, all: Float32Array, name: string): void {
  const shapes = model.getWeights().map(({ shape }) => shape);
  const sizes = shapes.map((shape) => shape.reduce((size, extent) => size * extent, 1));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== all.length) {
    throw new PipelineError(`Cannot use the weights of ${name}: the network has ${total}, there are ${all.length}`);
  }
  let at = 0;
  const tensors = shapes.map((shape, i) => tf.tensor(all.slice(at, at += sizes[i]), shape));
  model.setWeights(tensors);
  tf.dispose(tensors);
}
