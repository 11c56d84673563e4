/**
 * Pieces of an ONNX file as plain data, to be put together with others: names, operators, constants. Shapes of what flows
 * between operators are left out; ONNX Runtime infers them.
 */
export interface GraphParts {
  readonly nodes: readonly (PlainNode | RawPart)[];
  readonly constants: readonly (PlainConstant | RawPart)[];
}

/** An operator of the standard domain, or of the one given. */
export interface PlainNode {
  readonly op: string;
  readonly domain?: string;
  /** "" for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, PlainAttribute>>;
}

/** Integers, texts, lists of integers, floats, and graphs: the bodies of loops. */
export type PlainAttribute = number | string | readonly number[] | { readonly float: number } | {
  readonly graph: Body;
};

/** A tensor that is part of the file. */
export interface PlainConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
}

/** A part of somebody else's file, as the bytes it has there: nothing of it is lost. */
export interface RawPart {
  readonly bytes: Uint8Array;
}

/** An input or output. Extents that differ from call to call have a name. */
export interface Port {
  readonly name: string;
  readonly type: "float32" | "uint8" | "int64" | "bool";
  readonly shape: readonly (number | string)[];
}

/** A graph with its inputs and outputs. */
export interface Body extends GraphParts {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}
