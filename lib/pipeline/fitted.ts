import type { Dataset, Fold } from "../dataset/mod.ts";
import type { GraphParts } from "../engine/mod.ts";
import type { Backbone, FeatureSource } from "../model/mod.ts";
import type { EnsembleRecipe, FineTunedRecipe, HeadRecipe, NetworkRecipe, Recipe } from "./types.ts";

/** An array as it is kept. */
export type Numbers = Float32Array | Float64Array | Int32Array;

/** What fitting a recipe gave, as data: it can be written to disk and comes back the same, bit for bit. */
export interface Fitted<R extends Recipe = Recipe> {
  readonly recipe: R;
  /** Numbers by name: weights, biases. Which there are, the recipe's kind says. */
  readonly arrays: Readonly<Record<string, Numbers>>;
  /** Single numbers and words by name. */
  readonly facts: Readonly<Record<string, number | string>>;
  /** Of an ensemble. */
  readonly members: readonly Fitted[];
}

/** Pictures that are looked at together. What several members of an ensemble ask for is made once. */
export interface Pictures {
  readonly n: number;
  /** RGB bytes [n, size, size, 3]. */
  pixels(size: number): Promise<Uint8Array>;
  /** Of a pre-trained network, [n, D]. */
  features(backbone: FeatureSource): Promise<Float32Array>;
}

/** What a predictor makes of n pictures. */
export interface Look {
  /** [n, K], row by row, before any temperature. */
  readonly probabilities: Float64Array;
  /** [n, D]: what its last step sees of them; null where that is no use for comparing pictures. */
  readonly embedding: Float32Array | null;
}

/** A fitted recipe that is ready to predict, on the engine in use. */
export interface Predictor {
  look(pictures: Pictures): Promise<Look>;
  /** Lets go of its tensors. */
  dispose(): void;
}

/** Embeddings of one fold's parts, both seen by a classifier that was trained on the first. */
export interface FoldEmbedding {
  /** [n, D] */
  readonly train: Float32Array;
  readonly validation: Float32Array;
  readonly dimensions: number;
}

/** A predictor as ONNX operators: a piece of a file. */
export interface Written extends GraphParts {
  /** Its inputs by name, all the same picture: values from 0 to 255 [1, size, size, 3]. */
  readonly inputs: readonly { readonly name: string; readonly size: number }[];
  /** Name of [1, K], before any temperature. */
  readonly probabilities: string;
  /** Name of [1, D], as `Look.embedding`; null where there is none. */
  readonly embedding: string | null;
  /** Version of the standard operators, and the other domains it needs. */
  readonly opset: number;
  readonly domains?: Readonly<Record<string, number>>;
  readonly functions?: readonly Uint8Array[];
}

/** What writing a classifier down needs to know. */
export interface WriteFacts {
  /** K. */
  readonly classes: number;
  /** Working size of the data set, in pixels. */
  readonly size: number;
  /** Features of a pre-trained network, or the mean of an image's and its mirror image's: operators only for whoever asks first. */
  features(backbone: Backbone, mirrored: boolean): Promise<WrittenFeatures>;
}

/** Features as ONNX operators. */
export interface WrittenFeatures
  extends Pick<Written, "inputs" | "nodes" | "constants" | "opset" | "domains" | "functions"> {
  /** Name of all features [1, D]. */
  readonly output: string;
}

/** How recipes of one kind are fitted and used. */
export interface Kind<R extends Recipe> {
  /**
   * What, besides the recipe, decides about the result: the content of a backbone's file, say. Two fits with equal
   * identities on equal images give the same bits.
   */
  identity(recipe: R): Promise<string>;
  /** @param indices Development images to train on: all of them, or those of a fold. */
  fit(images: Dataset, indices: readonly number[], recipe: R): Promise<Fitted<R>>;
  open(fitted: Fitted<R>, facts: { readonly classes: number; readonly size: number }): Promise<Predictor>;
  /**
   * Writes it down as ONNX operators.
   *
   * @param prefix Begins all names.
   * @throws PipelineError where that cannot be done.
   */
  write(fitted: Fitted<R>, facts: WriteFacts, prefix: string): Promise<Written>;
  /** For telling what is unlike anything in training; null where the kind has no embedding. */
  embeddings(images: Dataset, fold: Fold, recipe: R): Promise<FoldEmbedding | null>;
}

/** The kinds there are, by the recipe's `kind`. */
export interface Kinds {
  readonly network: Kind<NetworkRecipe>;
  readonly head: Kind<HeadRecipe>;
  readonly "fine-tuned": Kind<FineTunedRecipe>;
  readonly ensemble: Kind<EnsembleRecipe>;
}
