import type { layers } from "../engine/mod.ts";

/** What a model is built for. */
export interface ModelInput {
  /** Height and width of the square input, in pixels. Values are scaled to [0, 1]. */
  readonly size: number;
  /** Number of classes, K. */
  readonly classes: number;
  /** Every initial weight and dropout mask comes from it. */
  readonly seed: number;
}

/** A model that can be built again and again, and named in an experiment. */
export interface ModelSpec {
  /** Short and stable, as "thread-cnn". */
  readonly name: string;
  /** One sentence for a person, or a few. */
  readonly description: string;
  /** What makes this model this model (filters, kernel sizes, dropout): part of the experiment's hash. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Height and width of its input where it takes no other, in pixels; by default the working size of the images. */
  readonly inputSize?: number;
  /** The range its first layer expects pixels in; [0, 1] by default. */
  readonly inputRange?: readonly [0, 1] | readonly [0, 255];
  /** How it can be built again in another thread; without it, it is trained in the one it was made in. */
  readonly source?: ModelSource;
  /** Builds it uncompiled, on the current engine: input [batch, size, size, 3], output [batch, classes] of softmax probabilities. */
  build(input: ModelInput): layers.LayersModel;
}

/**
 * Where a model comes from, as data: one of this library's by its name; a person's file; or plain layers of TensorFlow.js,
 * whose configuration says everything, initial weights included.
 */
export type ModelSource =
  | { readonly from: "library"; readonly options?: Readonly<Record<string, unknown>> }
  | { readonly from: "file"; readonly path: string; readonly size: number; readonly classes: number }
  | { readonly from: "layers" };
