import type { Dataset } from "../../dataset/mod.ts";
import { type Backbone, type FeatureSource, loadBackbone } from "../../model/mod.ts";
import { features, fitHead, type HeadWeights, mirrored, predictHead } from "../../train/mod.ts";
import { PipelineError } from "../errors.ts";
import { headNodes } from "../export/head_nodes.ts";
import { Nodes } from "../export/resize_nodes.ts";
import type { Fitted, Kind, Look, Pictures, Predictor } from "../fitted.ts";
import type { HeadRecipe } from "../types.ts";
import { columns, rows } from "./_rows.ts";

/** Simple classifiers on frozen features. */
export const head: Kind<HeadRecipe> = {
  async identity(recipe) {
    const { name, version } = await sourceOf(recipe);
    return `${name} ${version}`;
  },

  async fit(images, indices, recipe) {
    const { values } = await tapped(images, indices, recipe);
    const labels = Int32Array.from(indices, (i) => images.records[i].label);
    const { weights } = await fitHead(values, labels, images.classes.length, recipe.head);
    return { recipe, ...taken(weights), members: [] };
  },

  async open(fitted) {
    const backbone = await backboneOf(fitted.recipe);
    return new HeadPredictor(fitted, backbone, fitted.recipe.mirrored ? mirrored(backbone) : backbone);
  },

  async write(fitted, { features }, prefix) {
    const { recipe } = fitted;
    const backbone = await backboneOf(recipe);
    const written = await features(backbone, recipe.mirrored === true);
    const g = new Nodes(`${prefix}head/`);
    const parts = stretchesOf(backbone, recipe).map(({ from, to }) =>
      g.add("Slice", [written.output, g.ints(from), g.ints(to), g.ints(1)])
    );
    const embedding = parts.length === 1 ? parts[0] : g.add("Concat", parts, { axis: 1 });
    return {
      ...written,
      probabilities: headNodes(g, weightsOf(fitted), embedding),
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
async function backboneOf({ backbone, taps, poolings = ["average"] }: HeadRecipe): Promise<Backbone> {
  const usual = await loadBackbone(backbone);
  const there = new Set(usual.parts.map(({ tap, pooling }) => `${tap}/${pooling}`));
  // Its usual features are kept already: where those wanted are among them, nothing is computed again.
  const within = taps.every((tap) => poolings.every((pooling) => there.has(`${tap}/${pooling}`)));
  return within ? usual : usual.choose({ taps, poolings });
}

async function sourceOf(recipe: HeadRecipe): Promise<FeatureSource> {
  const backbone = await backboneOf(recipe);
  return recipe.mirrored ? mirrored(backbone) : backbone;
}

/** Where the columns of each wanted part lie: tap by tap, and within it pooling by pooling. */
function stretchesOf({ parts }: Pick<Backbone, "parts">, { taps, poolings = ["average"] }: HeadRecipe) {
  return taps.flatMap((wanted) =>
    poolings.flatMap((how) =>
      parts.filter(({ tap, pooling }) => tap === wanted && pooling === how)
        .map(({ offset, length }) => ({ from: offset, to: offset + length }))
    )
  );
}

async function tapped(images: Dataset, indices: readonly number[], recipe: HeadRecipe) {
  const backbone = await backboneOf(recipe);
  const { images: there, values, dimensions } = await features(
    images,
    recipe.mirrored ? mirrored(backbone) : backbone,
  );
  const rowOf = new Map(there.map((image, row) => [image, row]));
  const wanted = indices.map((image) => {
    const row = rowOf.get(image);
    if (row === undefined) throw new PipelineError(`Cannot fit on image ${image}: it is not for training`);
    return row;
  });
  const cut = columns(rows(values, dimensions, wanted), dimensions, stretchesOf(backbone, recipe));
  return { values: cut, dimensions: cut.length / indices.length };
}

/** A head's weights apart: numbers and texts here, arrays there. */
function taken(weights: HeadWeights): Pick<Fitted, "arrays" | "facts"> {
  const entries = Object.entries(weights);
  return {
    arrays: Object.fromEntries(entries.filter(([, value]) => ArrayBuffer.isView(value))),
    facts: Object.fromEntries(entries.filter(([, value]) => !ArrayBuffer.isView(value))),
  };
}

function weightsOf({ arrays, facts }: Fitted): HeadWeights {
  return { ...facts, ...arrays } as unknown as HeadWeights;
}

class HeadPredictor implements Predictor {
  readonly #weights: HeadWeights;

  constructor(
    readonly fitted: Fitted<HeadRecipe>,
    readonly backbone: Backbone,
    readonly source: FeatureSource,
  ) {
    this.#weights = weightsOf(fitted);
  }

  async look({ features }: Pictures): Promise<Look> {
    const values = await features(this.source);
    const seen = columns(values, this.backbone.dimensions, stretchesOf(this.backbone, this.fitted.recipe));
    return { probabilities: Float64Array.from(predictHead(this.#weights, seen)), embedding: seen };
  }

  dispose(): void {}
}
