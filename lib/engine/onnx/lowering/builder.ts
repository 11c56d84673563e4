import { type DType, sameShape, type Shape } from "../value.ts";
import { simpler, simplerNegation } from "./algebra.ts";
import type { Attribute, Edge, Initializer, OnnxGraph, OnnxNode, OnnxType } from "./edge.ts";
import { sinkReshapes } from "./reshapes.ts";
import { broadcast, isReshape, permuted } from "./shapes.ts";

/**
 * Builds a graph of ONNX operators. Equal operators on equal inputs become one (all of them are pure), pairs of
 * transposes and reshapes become one or none, and multiplying by one or adding zero costs nothing.
 */
export class Builder {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #inputs: Edge[] = [];
  readonly #outputs: Edge[] = [];
  readonly #known = new Map<string, Edge[]>();
  readonly #producers = new Map<string, OnnxNode>();
  readonly #prefix: string;
  #names = 0;

  /** @param prefix Begins the names of edges: those of a graph within another must be different. */
  constructor(prefix = "") {
    this.#prefix = prefix;
  }

  /** Whether arithmetic is emitted as it is asked for, so that its bits are known. */
  exact = false;

  /** Begins the names of the nodes that follow: the tfjs kernel that is being lowered. */
  scope = "";

  input(name: string, shape: Shape, dtype: DType): Edge {
    const edge: Edge = { name, shape, dtype };
    this.#inputs.push(edge);
    return edge;
  }

  /** Makes an edge an output of the graph. Inputs, constants and edges that are outputs already are copied. */
  output(edge: Edge): void {
    const own = this.#producers.has(edge.name) && !this.#outputs.includes(edge);
    this.#outputs.push(own ? edge : this.#copy(edge));
  }

  graph(): OnnxGraph {
    const nodes = sinkReshapes(this.#live(), this.#outputs, (shape) => this.ints(...shape));
    return {
      nodes,
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }

  /** Any operator with one output. */
  op(
    type: string,
    inputs: readonly (Edge | null)[],
    shape: Shape,
    dtype: OnnxType,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Edge {
    return this.ops(type, inputs, [{ shape, dtype }], attributes)[0];
  }

  /** Any operator. */
  ops(
    type: string,
    inputs: readonly (Edge | null)[],
    outputs: readonly { shape: Shape; dtype: OnnxType }[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): Edge[] {
    const key = `${domain}:${type}(${inputs.map((i) => i?.name ?? "").join()})${outputs.length}${
      JSON.stringify(attributes)
    }`;
    let edges = this.#known.get(key);
    if (edges === undefined) {
      edges = outputs.map((output) => this.#edge(output));
      const name = `${this.scope}/${type}_${this.#names}`;
      this.#add({ type, name, domain, inputs, outputs: edges, attributes });
      this.#known.set(key, edges);
    }
    return edges;
  }

  /**
   * Applies a graph to the rows of edges, one after the other.
   *
   * @param body Takes and gives back the numbers, then takes a row of each edge and gives results.
   * @returns The results of all rows, one below the other.
   */
  scan(body: OnnxGraph, numbers: readonly Edge[], rows: readonly Edge[]): Edge[] {
    const outputs = body.outputs.map(({ shape, dtype }, index) =>
      this.#edge({ shape: index < numbers.length ? shape : [rows[0].shape[0], ...shape], dtype })
    );
    const node: OnnxNode = {
      type: "Scan",
      name: `${this.scope}/Scan_${this.#names}`,
      domain: "",
      inputs: [...numbers, ...rows],
      outputs,
      attributes: { num_scan_inputs: rows.length },
      body,
    };
    this.#add(node);
    return outputs.slice(numbers.length);
  }

  /** An edge with a name of its own. */
  #edge({ shape, dtype }: { shape: Shape; dtype: OnnxType }): Edge {
    return { name: `${this.#prefix}e${this.#names++}`, shape, dtype };
  }

  #add(node: OnnxNode): void {
    this.#nodes.push(node);
    for (const edge of node.outputs) this.#producers.set(edge.name, node);
  }

  /** The inputs of the operator that makes an edge, if it is of that type. */
  made(edge: Edge, type: string): readonly (Edge | null)[] | null {
    const producer = this.#producers.get(edge.name);
    return producer?.type === type ? producer.inputs : null;
  }

  /** A constant tensor; equal ones are stored once. */
  constant(values: readonly number[], shape: Shape, dtype: OnnxType): Edge {
    const key = `constant ${dtype} [${shape}] ${values}`;
    let edges = this.#known.get(key);
    if (edges === undefined) {
      const uniform = values.length > 0 && values.every((value) => value === values[0]) ? values[0] : undefined;
      const edge: Edge = { name: `${this.#prefix}c${this.#names++}`, shape, dtype, uniform };
      this.#initializers.push({ edge, data: pack(values, dtype) });
      edges = [edge];
      this.#known.set(key, edges);
    }
    return edges[0];
  }

  scalar(value: number, dtype: OnnxType = "float32"): Edge {
    return this.constant([value], [], dtype);
  }

  /** 64-bit integers, as ONNX takes axes, shapes and indices. */
  ints(...values: number[]): Edge {
    return this.constant(values, [values.length], "int64");
  }

  /** An element-wise operator of two inputs that broadcast. */
  binary(type: string, a: Edge, b: Edge, dtype: OnnxType = a.dtype): Edge {
    const shape = broadcast(a.shape, b.shape);
    if (type === "Mul" && b.uniform === 1 || (type === "Add" || type === "Sub") && b.uniform === 0) {
      if (sameShape(shape, a.shape)) return a;
    }
    if (type === "Mul" && a.uniform === 1 || type === "Add" && a.uniform === 0) {
      if (sameShape(shape, b.shape)) return b;
    }
    return (this.exact ? null : simpler(this, type, a, b)) ?? this.op(type, [a, b], shape, dtype);
  }

  add = (a: Edge, b: Edge): Edge => this.binary("Add", a, b);
  sub = (a: Edge, b: Edge): Edge => this.binary("Sub", a, b);
  mul = (a: Edge, b: Edge): Edge => this.binary("Mul", a, b);
  div = (a: Edge, b: Edge): Edge => this.binary("Div", a, b);

  unary(type: string, x: Edge, attributes: Readonly<Record<string, Attribute>> = {}): Edge {
    if (type === "Neg" && !this.exact) return simplerNegation(this, x) ?? this.op(type, [x], x.shape, x.dtype);
    return this.op(type, [x], x.shape, x.dtype, attributes);
  }

  cast(x: Edge, dtype: OnnxType): Edge {
    return x.dtype === dtype ? x : this.op("Cast", [x], x.shape, dtype, { to: typeCodes[dtype] });
  }

  reshape(x: Edge, shape: Shape): Edge {
    const producer = this.#producers.get(x.name);
    const source = producer?.type === "Reshape" ? producer.inputs[0]! : x;
    if (sameShape(source.shape, shape)) return source;
    return this.op("Reshape", [source, this.ints(...shape)], shape, x.dtype);
  }

  transpose(x: Edge, permutation: readonly number[]): Edge {
    const shape = permuted(x.shape, permutation);
    if (isReshape(x.shape, permutation)) return this.reshape(x, shape);
    const producer = this.#producers.get(x.name);
    if (producer?.type === "Transpose") {
      const first = producer.attributes.perm as readonly number[];
      return this.transpose(producer.inputs[0]!, permutation.map((axis) => first[axis]));
    }
    return this.op("Transpose", [x], shape, x.dtype, { perm: permutation });
  }

  /** Repeats along axes of extent 1. */
  expand(x: Edge, shape: Shape): Edge {
    return sameShape(x.shape, shape) ? x : this.op("Expand", [x, this.ints(...shape)], shape, x.dtype);
  }

  /** Pads with a constant; negative amounts cut off. One amount for each axis. */
  pad(x: Edge, before: readonly number[], after: readonly number[], value = 0): Edge {
    if (before.every((n) => n === 0) && after.every((n) => n === 0)) return x;
    const shape = x.shape.map((extent, axis) => before[axis] + extent + after[axis]);
    return this.op("Pad", [x, this.ints(...before, ...after), this.scalar(value, x.dtype)], shape, x.dtype);
  }

  /** Elements from `begin` up to `end` along some axes; a step of -1 with `end` below zero reads to the front. */
  slice(x: Edge, axes: number[], begin: number[], end: number[], steps = axes.map(() => 1)): Edge {
    const shape = [...x.shape];
    axes.forEach((axis, i) => shape[axis] = Math.max(0, Math.ceil((end[i] - begin[i]) / steps[i])));
    if (sameShape(shape, x.shape) && steps.every((step) => step === 1)) return x;
    const ends = end.map((value, i) => steps[i] < 0 && value < 0 ? -(2 ** 31) : value);
    const inputs = [x, this.ints(...begin), this.ints(...ends), this.ints(...axes), this.ints(...steps)];
    return this.op("Slice", inputs, shape, x.dtype);
  }

  /** A reduction that keeps the reduced axes with extent 1. */
  reduce(type: string, x: Edge, axes: readonly number[]): Edge {
    if (axes.length === 0) return x;
    const shape = x.shape.map((extent, axis) => axes.includes(axis) ? 1 : extent);
    return this.op(type, [x, this.ints(...axes)], shape, x.dtype, { keepdims: 1 });
  }

  concat(inputs: readonly Edge[], axis: number): Edge {
    if (inputs.length === 1) return inputs[0];
    const shape = [...inputs[0].shape];
    shape[axis] = inputs.reduce((sum, input) => sum + input.shape[axis], 0);
    return this.op("Concat", inputs, shape, inputs[0].dtype, { axis });
  }

  /** Consecutive parts along an axis, of the given extents: the reverse of concatenating. */
  split(x: Edge, axis: number, extents: readonly number[]): Edge[] {
    if (extents.length === 1) return [x];
    const outputs = extents.map((extent) => ({ shape: x.shape.with(axis, extent), dtype: x.dtype }));
    return this.ops("Split", [x, this.ints(...extents)], outputs, { axis });
  }

  #copy(edge: Edge): Edge {
    const copy = this.#edge(edge);
    const name = `${this.scope}/Identity_${copy.name}`;
    this.#add({ type: "Identity", name, domain: "", inputs: [edge], outputs: [copy], attributes: {} });
    return copy;
  }

  /** Nodes that an output needs. */
  #live(): OnnxNode[] {
    const needed = new Set<string>(this.#outputs.map((edge) => edge.name));
    const live: OnnxNode[] = [];
    for (let index = this.#nodes.length - 1; index >= 0; index--) {
      const node = this.#nodes[index];
      if (!node.outputs.some((edge) => needed.has(edge.name))) continue;
      for (const input of node.inputs) if (input !== null) needed.add(input.name);
      live.push(node);
    }
    return live.reverse();
  }
}

/** ONNX's TensorProto.DataType. */
export const typeCodes: Readonly<Record<OnnxType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9, bfloat16: 16 };

function pack(values: readonly number[], dtype: OnnxType): Initializer["data"] {
  if (dtype === "int64") return BigInt64Array.from(values, (value) => BigInt(value));
  if (dtype === "int32") return Int32Array.from(values);
  if (dtype === "bool") return Uint8Array.from(values);
  return Float32Array.from(values);
}
