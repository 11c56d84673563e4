import type { DType, Shape } from "../value.ts";

/**
 * What flows between ONNX operators: tfjs's types, the 64-bit integers that ONNX wants for axes and indices, and the type
 * that no result can have (`run/unreturned.ts`).
 */
export type OnnxType = DType | "int64" | "bfloat16";

/** An input, a constant or an operator's output of the ONNX graph. */
export interface Edge {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: OnnxType;
  /** The value of all elements, where it is a known constant. */
  readonly uniform?: number;
}

export type Attribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly type: string;
  /** Says which tfjs kernel it came from: ONNX Runtime's messages quote it. */
  readonly name: string;
  readonly domain: string;
  /** null for an optional input that is left out. */
  readonly inputs: readonly (Edge | null)[];
  readonly outputs: readonly Edge[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** What `Scan` does with one row of each of its inputs. Names are all different from those around it. */
  readonly body?: OnnxGraph;
}

export interface Initializer {
  readonly edge: Edge;
  readonly data: Float32Array | Int32Array | Uint8Array | BigInt64Array;
}

/** A complete ONNX graph, before serialisation. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly Edge[];
  readonly outputs: readonly Edge[];
}
