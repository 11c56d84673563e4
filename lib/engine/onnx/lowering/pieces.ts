import { sizeOf } from "../value.ts";
import type { Edge } from "./edge.ts";
import { Lowering } from "./lowering.ts";

/** A chain of element-wise operators: what it makes of vectors, with numbers that are the same for all elements. */
export type Chain = (g: Lowering, vectors: Edge[], numbers: readonly Edge[]) => Edge[];

/** Into how many pieces of one size, `most` elements or fewer, a vector can be cut. 1 where they would be far smaller. */
export function piecesOf(size: number, most: number): number {
  for (let pieces = Math.ceil(size / most); pieces <= 4 * size / most; pieces++) if (size % pieces === 0) return pieces;
  return 1;
}

/**
 * A chain on vectors, piece by piece: an element goes through memory once, and not once for each operator. ONNX's `Scan`
 * reads the pieces where they lie and writes results where they belong. No bit changes.
 *
 * @param vectors Edges of one size, which `pieces` divides.
 */
export function inPieces(
  g: Lowering,
  pieces: number,
  vectors: readonly Edge[],
  numbers: readonly Edge[],
  chain: Chain,
): Edge[] {
  const [{ name, shape }] = vectors;
  const piece = sizeOf(shape) / pieces;
  const body = new Lowering(0, `${name}.`);
  body.scope = g.scope;
  body.exact = g.exact;
  const scalars = numbers.map((_, index) => body.input(`${name}.n${index}`, [], "float32"));
  const parts = vectors.map((_, index) => body.input(`${name}.v${index}`, [piece], "float32"));
  for (const edge of [...scalars, ...chain(body, parts, scalars)]) body.output(edge);
  const rows = vectors.map((vector) => g.reshape(vector, [pieces, piece]));
  return g.scan(body.graph(), numbers, rows).map((edge) => g.reshape(edge, shape));
}
