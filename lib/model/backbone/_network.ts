import type { NetworkSource, Pooling } from "./types.ts";

/** A value that is wanted of a network. */
export interface Want {
  readonly name: string;
  /**
   * Where given, only this of the map, which is of that size and more than one pixel high and wide: a map of one pixel,
   * or of 2x2 quarters.
   */
  readonly pooled?: { readonly pooling: Pooling; readonly height: number; readonly width: number };
}

/** What a layer makes of images, as the network gave it. */
export interface RawMap {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Whether a channel's pixels lie together ([n, channels, height, width]) or a pixel's channels do. */
  readonly channelsFirst: boolean;
  readonly values: Float32Array;
}

/** A step of a network from values to values, as far as it matters where features can be taken. */
export interface Step {
  /**
   * `weights`: a convolution or matrix product with learnt weights; `pooling`: takes neighbouring pixels together;
   * `joining`: puts maps one behind the other; `passing`: changes nothing when a network predicts; `other`: the rest.
   */
  readonly kind: "weights" | "pooling" | "joining" | "passing" | "other";
  /** As its format calls it. */
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** A network in one of the formats, before anything is known of how its pixels are prepared. */
export interface Network {
  /** Of the content: weights and structure, and of what runs it. */
  readonly fingerprint: string;
  /** In words, as "ONNX file". */
  readonly format: string;
  /** Name of its one input. */
  readonly input: string;
  /** What the file says of it: null where it leaves open. [batch, …]. */
  readonly inputShape: readonly (number | null)[];
  /** Where the network's own names are telling: its file, its producer, its layers. */
  readonly hints: readonly string[];
  readonly outputs: readonly string[];
  readonly steps: readonly Step[];
  /** Weights of the first convolution, [output channels, 3, height, width], in the order of the input's channels. */
  readonly firstFilters: { readonly shape: readonly number[]; readonly values: Float32Array } | null;
  /** The first batch normalisation and what it learnt of its input, where one comes before any pooling. */
  readonly firstNorm: { readonly input: string; readonly mean: Float32Array; readonly variance: Float32Array } | null;
  readonly source: NetworkSource;
  /**
   * Computes values.
   *
   * @param input [n, …] as the network wants it, prepared.
   * @param shape Of the input.
   * @returns In the order of `wants`; null for what is no map of an image (another number of axes).
   */
  run(input: Float32Array, shape: readonly number[], wants: readonly Want[]): Promise<(RawMap | null)[]>;
}

/**
 * A value of a shape as a map: [n, C, H, W] or [n, H, W, C]; [n, T, C], the tokens of a transformer, as T rows of one
 * pixel; [n, C] as one pixel.
 */
export function asMap(shape: readonly number[], values: Float32Array, channelsFirst: boolean): RawMap | null {
  if (shape.length === 4) {
    const [height, width, channels] = channelsFirst ? [shape[2], shape[3], shape[1]] : [shape[1], shape[2], shape[3]];
    return { height, width, channels, channelsFirst, values };
  }
  if (shape.length === 3) return { height: shape[1], width: 1, channels: shape[2], channelsFirst: false, values };
  if (shape.length === 2) return { height: 1, width: 1, channels: shape[1], channelsFirst: false, values };
  return null;
}
