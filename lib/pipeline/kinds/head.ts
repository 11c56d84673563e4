import type { Dataset } from "../../dataset/mod.ts";
import { type Backbone, loadBackbone } from "../../model/mod.ts";
import { features, fitSoftmaxRegression, predictSoftmaxRegression } from "../../train/mod.ts";
import { PipelineError } from "../errors.ts";
import { Nodes } from "../export/resize_nodes.ts";
import type { Fitted, Kind, Look, Pictures, Predictor } from "../fitted.ts";
import type { HeadRecipe } from "../types.ts";
import { columns, rows } from "./_rows.ts";

/** Simple classifiers on frozen features. */
export const head: Kind<HeadRecipe> = {
  async identity(recipe) {
    const { name, version } = await backboneOf(recipe);
    return `${name} ${version}`;
  },

  async fit(images, indices, recipe) {
    const { values, dimensions } = await tapped(images, indices, recipe);
    const labels = Int32Array.from(indices, (i) => images.records[i].label);
    return { recipe, arrays: await fitHead(values, labels, images.classes.length, dimensions, recipe), members: [] };
  },

  async open(fitted, { classes }) {
    return new HeadPredictor(fitted, await backboneOf(fitted.recipe), classes);
  },

  async write({ recipe, arrays }, { classes, features }, prefix) {
    const backbone = await backboneOf(recipe);
    const written = await features(backbone);
    const g = new Nodes(`${prefix}head/`);
    const parts = stretchesOf(backbone, recipe.taps).map(({ from, to }) =>
      g.add("Slice", [written.output, g.ints(from), g.ints(to), g.ints(1)])
    );
    const embedding = parts.length === 1 ? parts[0] : g.add("Concat", parts, { axis: 1 });
    const { weights, biases } = arrays;
    const dimensions = weights.length / classes;
    const transposed = new Float32Array(weights.length);
    for (let k = 0; k < classes; k++) {
      for (let d = 0; d < dimensions; d++) transposed[d * classes + k] = weights[k * dimensions + d];
    }
    const scores = g.add("Add", [
      g.add("MatMul", [embedding, g.constant(transposed, [dimensions, classes])]),
      g.constant(Float32Array.from(biases)),
    ]);
    return {
      ...written,
      probabilities: g.add("Softmax", [scores], { axis: 1 }),
      embedding,
      nodes: [...written.nodes, ...g.nodes],
      constants: [...written.constants, ...g.constants],
    };
  },

  async embeddings(images, { train, validation }, recipe) {
    const [trained, validated] = [await tapped(images, train, recipe), await tapped(images, validation, recipe)];
    return { train: trained.values, validation: validated.values, dimensions: trained.dimensions };
  },
};

/** The backbone that a recipe names, with features among which those of its taps are. */
export async function backboneOf({ backbone, taps }: Pick<HeadRecipe, "backbone" | "taps">): Promise<Backbone> {
  const usual = await loadBackbone(backbone);
  const there = new Set(usual.taps.map(({ node }) => node));
  // Its usual features are kept already, and those of a few of its taps are among them.
  return taps.every((tap) => there.has(tap)) ? usual : usual.choose({ taps });
}

/** Where the columns of each wanted tap lie, in the recipe's order. */
export function stretchesOf({ parts }: Pick<Backbone, "parts">, taps: readonly string[]) {
  return taps.flatMap((wanted) =>
    parts.filter(({ tap }) => tap === wanted).map(({ offset, length }) => ({ from: offset, to: offset + length }))
  );
}

async function tapped(images: Dataset, indices: readonly number[], recipe: HeadRecipe) {
  const source = await backboneOf(recipe);
  const stretches = stretchesOf(source, recipe.taps);
  const { images: there, values, dimensions } = await features(images, source);
  const rowOf = new Map(there.map((image, row) => [image, row]));
  const wanted = indices.map((image) => {
    const row = rowOf.get(image);
    if (row === undefined) throw new PipelineError(`Cannot fit on image ${image}: it is not for training`);
    return row;
  });
  const taken = columns(rows(values, dimensions, wanted), dimensions, stretches);
  return { values: taken, dimensions: taken.length / indices.length };
}

async function fitHead(
  values: Float32Array,
  labels: Int32Array,
  classes: number,
  _dimensions: number,
  { head }: HeadRecipe,
): Promise<Fitted["arrays"]> {
  if (head.kind === "logistic") {
    const { weights, biases } = await fitSoftmaxRegression(values, labels, classes, {
      l2: 1 / (head.c * labels.length),
    });
    return { weights, biases };
  }
  throw new PipelineError(`Cannot fit a head of kind "${head.kind}": there is no such kind here`);
}

class HeadPredictor implements Predictor {
  constructor(
    readonly fitted: Fitted<HeadRecipe>,
    readonly backbone: Backbone,
    readonly classes: number,
  ) {}

  async look({ n, features }: Pictures): Promise<Look> {
    const { fitted: { recipe, arrays }, backbone, classes } = this;
    const values = await features(backbone);
    const seen = columns(values, backbone.dimensions, stretchesOf(backbone, recipe.taps));
    const probabilities = predictSoftmaxRegression({
      weights: arrays.weights as Float64Array,
      biases: arrays.biases as Float64Array,
      classes,
      dimensions: seen.length / n,
    }, seen);
    return { probabilities, embedding: seen };
  }

  dispose(): void {}
}
