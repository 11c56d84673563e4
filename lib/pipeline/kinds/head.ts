import type { Dataset } from "../../dataset/mod.ts";
import { record, type Tensor4D } from "../../engine/mod.ts";
import { type Backbone, bundledBackbone } from "../../model/mod.ts";
import { features, fitSoftmaxRegression, predictSoftmaxRegression } from "../../train/mod.ts";
import { PipelineError } from "../errors.ts";
import { Nodes } from "../export/resize_nodes.ts";
import type { Fitted, Kind, Look, Predictor } from "../fitted.ts";
import type { HeadRecipe } from "../types.ts";
import { columns, rows } from "./_rows.ts";

/** Simple classifiers on frozen features. */
export const head: Kind<HeadRecipe> = {
  async identity({ backbone }) {
    const { name, version } = await backboneOf(backbone);
    return `${name} ${version}`;
  },

  async fit(images, indices, recipe) {
    const { values, dimensions } = await tapped(images, indices, recipe);
    const labels = Int32Array.from(indices, (i) => images.records[i].label);
    return { recipe, arrays: await fitHead(values, labels, images.classes.length, dimensions, recipe), members: [] };
  },

  async open(fitted, { classes }) {
    return new HeadPredictor(fitted, await backboneOf(fitted.recipe.backbone), classes);
  },

  async write({ recipe, arrays }, { classes }, prefix) {
    const backbone = await backboneOf(recipe.backbone);
    const written = await writtenFeatures(backbone, prefix);
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
      inputs: [{ name: written.input, size: backbone.size }],
      opset: written.opset,
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

/** The backbone that a recipe names. */
export function backboneOf(path: string): Promise<Backbone> {
  if (path === "") return Promise.resolve(bundledBackbone());
  throw new PipelineError(`Cannot load the backbone "${path}": only the bundled one is known here`);
}

/** Where the columns of each wanted tap lie, in the recipe's order. */
export function stretchesOf({ taps, name }: Pick<Backbone, "taps" | "name">, wanted: readonly string[]) {
  let at = 0;
  const places = new Map(taps.map(({ node, channels }) => [node, { from: at, to: at += channels }]));
  return wanted.map((node) => {
    const place = places.get(node);
    if (place !== undefined) return place;
    throw new PipelineError(
      `Cannot use the tap "${node}" of ${name}: it must be one of ${taps.map(({ node }) => node).join(", ")}`,
    );
  });
}

/** The backbone as ONNX operators, up to all its features [1, D]. */
async function writtenFeatures(backbone: Backbone, prefix: string) {
  if (backbone.graph === undefined) {
    throw new PipelineError(`Cannot export: ${backbone.name} cannot be written down as ONNX operators`);
  }
  const compute = await backbone.graph();
  return await record((x) => compute(x as Tensor4D), [1, backbone.size, backbone.size, 3], prefix);
}

async function tapped(images: Dataset, indices: readonly number[], { backbone, taps }: HeadRecipe) {
  const source = await backboneOf(backbone);
  const stretches = stretchesOf(source, taps);
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

  async look(ask: (size: number) => Uint8Array | Promise<Uint8Array>, n: number): Promise<Look> {
    const { fitted: { recipe, arrays }, backbone, classes } = this;
    const values = await backbone.features(await ask(backbone.size), n);
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
