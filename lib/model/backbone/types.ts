import type { Tensor } from "../../engine/mod.ts";
import type { BackboneCard } from "./card.ts";

/** A layer of a backbone whose output is used. */
export interface Tap {
  /** Name of the layer, or of the value that it gives. */
  readonly node: string;
  readonly channels: number;
}

/**
 * How a map [height, width, channels] becomes a row of numbers. `average` and `max` give one for each channel;
 * `average-2x2` averages over each quarter of the image, top left first, and gives four for each.
 */
export type Pooling = "average" | "max" | "average-2x2";

/** All there are, the usual one first. */
export const POOLINGS: readonly Pooling[] = ["average", "max", "average-2x2"];

/** What one tap under one pooling contributes to the row of an image; each is scaled to length 1. */
export interface FeaturePart {
  /** Name of the tap. */
  readonly tap: string;
  readonly pooling: Pooling;
  /** Where it begins in the row. */
  readonly offset: number;
  readonly length: number;
}

/** What a layer makes of images, before pooling. */
export interface FeatureMap {
  readonly tap: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** [n, height, width, channels]. */
  readonly values: Float32Array;
}

/** Something about a backbone that its card leaves open and that was concluded from the file. */
export interface BackboneGuess {
  /** The card's entry, as "mean". */
  readonly entry: string;
  /** In words, as "BGR". */
  readonly value: string;
  /** What speaks for it, as a clause. */
  readonly because: string;
  /** `sure`: nothing else fits; `likely`: a convention; `unsure`: the other choices fit nearly as well. */
  readonly sureness: "sure" | "likely" | "unsure";
}

/** How a network computes its taps from prepared pixels: as operations of TensorFlow.js, or as an ONNX file. */
export type NetworkSource =
  | { readonly kind: "tensors"; compute(input: Tensor, names: readonly string[]): Tensor[] }
  | {
    readonly kind: "onnx";
    readonly bytes: Uint8Array;
    readonly input: string;
    readonly type: "float32" | "float16";
    /** Images that it takes at a time; null for any number. */
    readonly batch: number | null;
  };

/** Which of its features a backbone gives. */
export interface FeatureChoice {
  /** Names of taps, of {@link Backbone.available}; those in use by default. */
  readonly taps?: readonly string[];
  /** Those in use by default. */
  readonly poolings?: readonly Pooling[];
}

/** A pre-trained network with its weights frozen: it turns images into numbers that simple models can learn from. */
export interface Backbone {
  /** Short and stable, as "coco-mobilenet-v3". */
  readonly name: string;
  /** Changes whenever the same pixels may give other features: with the weights, the card, the taps and the poolings. */
  readonly version: string;
  /** What it is and was trained on, in one sentence for a person. */
  readonly description: string;
  /** Height and width of the square input, in pixels. */
  readonly size: number;
  readonly taps: readonly Tap[];
  readonly poolings: readonly Pooling[];
  /** Where in an image's row what stands: tap by tap, and within it pooling by pooling. */
  readonly parts: readonly FeaturePart[];
  /** Numbers per image, D: those of all parts together. */
  readonly dimensions: number;
  /** Every tap that could be chosen, from the input to the output. */
  readonly available: readonly Tap[];
  /** Absolute path of its file; empty for the bundled one. `loadBackbone` takes it. */
  readonly path: string;
  /** How pixels are prepared for it, and where it comes from. */
  readonly card: BackboneCard;
  /** What of the card was guessed; empty where a file said it all. */
  readonly guesses: readonly BackboneGuess[];
  /** What was tried out when it was loaded, and held: sentences. */
  readonly verified: readonly string[];
  /**
   * Computes on the current engine (an ONNX file always on ONNX Runtime).
   *
   * @param pixels RGB bytes [n, size, size, 3].
   * @returns [n, D], row by row.
   * @throws BackboneError where the pixels are not of n images, or where the weights cannot be read.
   */
  features(pixels: Uint8Array, n: number): Promise<Float32Array>;
  /**
   * What the taps say before pooling, in the order of `taps`.
   *
   * @param pixels RGB bytes [n, size, size, 3].
   */
  maps(pixels: Uint8Array, n: number): Promise<FeatureMap[]>;
  /**
   * The same network with other taps or poolings. Compute many of them at once and pick parts of the rows, where several
   * are to be compared.
   *
   * @throws BackboneError for a tap or a pooling that it does not have.
   */
  choose(choice: FeatureChoice): Backbone;
  /** How it computes, for whoever writes it down. */
  source(): Promise<NetworkSource>;
}

/** What is needed of a backbone to compute features. */
export type FeatureSource = Pick<Backbone, "name" | "version" | "size" | "dimensions" | "features">;

/** A backbone that cannot be used as asked. */
export class BackboneError extends Error {
  override name = "BackboneError";
}
