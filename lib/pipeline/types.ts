import type { Pooling, PortableModel } from "../model/mod.ts";
import type { HeadSpec, TrainingConfig } from "../train/mod.ts";

export type { HeadSpec } from "../train/mod.ts";

/** How a classifier is made from labelled images, as data: anybody with the same images can fit it again. */
export type Recipe = NetworkRecipe | HeadRecipe | FineTunedRecipe | EnsembleRecipe;

/** A network trained from nothing. */
export interface NetworkRecipe {
  readonly kind: "network";
  readonly model: PortableModel;
  readonly config: Partial<TrainingConfig>;
}

/** A simple classifier on frozen features of a pre-trained network. */
export interface HeadRecipe {
  readonly kind: "head";
  /** Path of the backbone's file; empty for the bundled one. */
  readonly backbone: string;
  /** Names of the taps, as `Backbone.available` has them: `backbone.choose({ taps, poolings })`. */
  readonly taps: readonly string[];
  /** "average" alone unless given. */
  readonly poolings?: readonly Pooling[];
  /** Whether features are the mean of an image's and its mirror image's: `train.mirrored(backbone)`. */
  readonly mirrored?: boolean;
  readonly head: HeadSpec;
}

/** A pre-trained network whose last blocks are trained on. */
export interface FineTunedRecipe {
  readonly kind: "fine-tuned";
  /** As for a head. */
  readonly backbone: string;
  /** The first layer that is trained. */
  readonly from: string;
  readonly epochs: number;
  readonly batchSize: number;
  /** Of the head; earlier blocks learn at `backboneRate`. */
  readonly learningRate: number;
  readonly backboneRate: number;
  readonly seed: number;
}

/** The mean of its members' probabilities. */
export interface EnsembleRecipe {
  readonly kind: "ensemble";
  readonly members: readonly Recipe[];
}

/** What a notebook found that a classifier can be made of: its out-of-fold predictions, and how it is fitted again. */
export interface Offer {
  /** Unique and stable, as "small-cnn". */
  readonly name: string;
  /** What was done, for a chart's axis: "Suits small data: batch norm, pooling, varied images". */
  readonly lever: string;
  /** The notebook it comes from, as "07"; offers are ordered by it. */
  readonly notebook: string;
  /** Seconds of one fit. */
  readonly seconds: number;
  readonly recipe: Recipe;
  /** Indices of the images judged, each by a classifier that did not train on it. */
  readonly images: readonly number[];
  /** [n, K], row by row, in the order of `images`. */
  readonly probabilities: Float32Array;
  /** Number of folds. */
  readonly folds: number;
  /**
   * Other settings that were tried and are no offers of their own, [tried, n, K] row by row, so that the best of many can
   * be corrected; left out where nothing was chosen on these images.
   */
  readonly tried?: readonly Float32Array[];
}
