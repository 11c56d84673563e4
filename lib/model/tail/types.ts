import type { layers, tf } from "../../engine/mod.ts";

/**
 * A pre-trained network cut in two: a front that stays as it is, and its last blocks as layers that can be trained on.
 * What the front makes of an image never changes, so it is computed once and kept.
 */
export interface Tail {
  /** Name of the backbone. */
  readonly backbone: string;
  /** Changes whenever the front may make something else of the same pixels. */
  readonly version: string;
  /** Height and width of the square input, in pixels. */
  readonly size: number;
  /** The first layer that is trained. */
  readonly from: string;
  /** Height, width and channels of what the front hands over. */
  readonly cut: readonly [number, number, number];
  /** Numbers per image that the front adds for the head alone: taps that lie before the cut. */
  readonly fixed: number;
  /** Numbers per image that a head sees, D. */
  readonly dimensions: number;
  /** Multiplications per image in the trained part. */
  readonly multiplications: number;
  /** The same before it, about; 0 where nobody can tell. */
  readonly frontMultiplications: number;
  /**
   * What the front makes of images, on the current engine.
   *
   * @param pixels RGB bytes [n, size, size, 3].
   * @returns [n, height x width x channels + fixed], row by row.
   * @throws BackboneError where the pixels are not of n images, or where the weights cannot be read.
   */
  front(pixels: Uint8Array, n: number): Promise<Float32Array>;
  /** The same inside a tensor program, so that it can be exported: from pixels 0..255 [n, size, size, 3]. */
  frontOf(pixels: tf.Tensor4D): [cut: tf.Tensor4D, fixed: tf.Tensor2D | null];
  /** The last blocks anew, with the weights that they were published with. Dispose of the model. */
  build(): TrainableBlocks;
}

/** The last blocks of a backbone, as layers. */
export interface TrainableBlocks {
  /**
   * From [n, height, width, channels], and [n, fixed] where there are such, to features [n, D]: those of
   * `Backbone.features` but for rounding, as long as nothing is trained.
   */
  readonly model: layers.LayersModel;
  /** Names of the layers that have weights, block by block, the last block first. */
  readonly blocks: readonly (readonly string[])[];
}
