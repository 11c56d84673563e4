import type { GraphParts, PlainAttribute, PlainConstant, PlainNode } from "../../engine/mod.ts";
import { LOBES, NEAREST } from "../resize.ts";

/** Adds operators and constants under names of its own. Only operators whose form no version since 13 has changed. */
export class Nodes implements GraphParts {
  readonly nodes: PlainNode[] = [];
  readonly constants: PlainConstant[] = [];

  constructor(readonly prefix: string) {}

  /** One operator with one output. */
  add(op: string, inputs: readonly string[], attributes: Readonly<Record<string, PlainAttribute>> = {}): string {
    return this.addAll(op, inputs, 1, attributes)[0];
  }

  addAll(
    op: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Readonly<Record<string, PlainAttribute>> = {},
  ): string[] {
    const at = this.nodes.length;
    const names = Array.from({ length: outputs }, (_, i) => `${this.prefix}n${at}_${i}`);
    this.nodes.push({ op, inputs, outputs: names, attributes });
    return names;
  }

  constant(data: PlainConstant["data"], shape: readonly number[] = [data.length]): string {
    const name = `${this.prefix}c${this.constants.length}`;
    this.constants.push({ name, data, shape });
    return name;
  }

  number(value: number): string {
    return this.constant(Float32Array.of(value), [1]);
  }

  /** In double precision. */
  double(value: number): string {
    return this.constant(Float64Array.of(value), [1]);
  }

  ints(...values: number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt));
  }
}

/** ONNX's numbers for types. */
const FLOAT = 1, DOUBLE = 11;

/**
 * The same as `squared` in `../resize.ts`, as ONNX operators: a picture's rows and columns times two matrices of Lanczos'
 * weights, which follow from its height and width. In double precision, as there: a value right between two bytes must
 * fall to the same side.
 *
 * @param image RGB bytes [height, width, 3].
 * @returns Values from 0 to 255, whole numbers, [1, size, size, 3].
 */
export function squaredNodes(g: Nodes, image: string, size: number): string {
  const planes = g.add("Transpose", [g.add("Cast", [image], { to: DOUBLE })], { perm: [2, 0, 1] });
  const shape = g.add("Shape", [image]);
  // Extents as numbers without axes, which Range wants, and as [1].
  const [height, width] = [0, 1].map((axis) =>
    g.add("Gather", [shape, g.constant(BigInt64Array.of(BigInt(axis)), [])], { axis: 0 })
  );
  const one = g.ints(1);
  const asDouble = (extent: string) => g.add("Reshape", [g.add("Cast", [extent], { to: DOUBLE }), one]);
  const [high, wide] = [asDouble(height), asDouble(width)];
  const side = g.add("Min", [high, wide]);
  const scale = g.add("Div", [side, g.double(size)]);
  const reach = g.add("Max", [scale, g.double(1)]);
  const places = g.constant(Float64Array.from({ length: size }, (_, i) => i + 0.5), [size, 1]);
  const down = weights(g, { extent: height, length: high, side, scale, reach, places });
  const across = weights(g, { extent: width, length: wide, side, scale, reach, places });
  const rows = g.add("MatMul", [down, planes]);
  const both = g.add("MatMul", [rows, g.add("Transpose", [across], { perm: [1, 0] })]);
  const rounded = g.add("Floor", [g.add("Add", [both, g.double(0.5)])]);
  const bytes = g.add("Min", [g.add("Max", [rounded, g.double(0)]), g.double(255)]);
  const narrow = g.add("Cast", [bytes], { to: FLOAT });
  return g.add("Reshape", [g.add("Transpose", [narrow], { perm: [1, 2, 0] }), g.ints(1, size, size, 3)]);
}

/** [size, length]: how much of each old pixel a new one is made of. */
function weights(
  g: Nodes,
  axis: Readonly<Record<"extent" | "length" | "side" | "scale" | "reach" | "places", string>>,
): string {
  const { extent, length, side, scale, reach, places } = axis;
  const zero = g.constant(BigInt64Array.of(0n), []), step = g.constant(BigInt64Array.of(1n), []);
  const pixels = g.add("Cast", [g.add("Range", [zero, extent, step])], { to: DOUBLE });
  const offset = g.add("Sub", [g.add("Mul", [g.add("Sub", [length, side]), g.double(0.5)]), g.double(0.5)]);
  const centres = g.add("Add", [g.add("Mul", [places, scale]), offset]);
  const distance = g.add("Div", [g.add("Abs", [g.add("Sub", [pixels, centres])]), reach]);
  const inside = g.add("Cast", [g.add("Less", [distance, g.double(LOBES)])], { to: DOUBLE });
  const angle = g.add("Mul", [g.add("Max", [distance, g.double(NEAREST)]), g.double(Math.PI)]);
  const wave = g.add("Mul", [g.add("Sin", [angle]), g.add("Sin", [g.add("Div", [angle, g.double(LOBES)])])]);
  const kernel = g.add("Div", [g.add("Mul", [wave, g.double(LOBES)]), g.add("Mul", [angle, angle])]);
  const values = g.add("Mul", [kernel, inside]);
  const ones = g.add("Reshape", [
    g.add("Add", [g.add("Mul", [pixels, g.double(0)]), g.double(1)]),
    g.ints(-1, 1),
  ]);
  return g.add("Div", [values, g.add("MatMul", [values, ones])]);
}
