import type { Tensor2D, Tensor4D } from "../../engine/mod.ts";

/** A layer of a backbone whose output is used, averaged over space. */
export interface Tap {
  /** Name of the layer's node. */
  readonly node: string;
  readonly channels: number;
}

/** A pre-trained network with its weights frozen: it turns images into numbers that simple models can learn from. */
export interface Backbone {
  /** Short and stable, as "coco-mobilenet-v3". */
  readonly name: string;
  /** Changes whenever the same pixels may give other features. */
  readonly version: string;
  /** What it is and was trained on, in one sentence for a person. */
  readonly description: string;
  /** Height and width of the square input, in pixels. */
  readonly size: number;
  readonly taps: readonly Tap[];
  /** Numbers per image, D: the channels of all taps together. */
  readonly dimensions: number;
  /**
   * Computes on the current engine; weights are read at the first call.
   *
   * @param pixels RGB bytes [n, size, size, 3].
   * @returns [n, D], row by row.
   * @throws BackboneError where the pixels are not of n images, or where the weights cannot be read.
   */
  features(pixels: Uint8Array, n: number): Promise<Float32Array>;
  /**
   * The computation itself, for whoever writes it down: images [n, size, size, 3] of values from 0 to 255 -> [n, D].
   * Missing where it is no graph of TensorFlow.js.
   */
  graph?(): Promise<(images: Tensor4D) => Tensor2D>;
}

/** A backbone that cannot be used as asked. */
export class BackboneError extends Error {
  override name = "BackboneError";
}
