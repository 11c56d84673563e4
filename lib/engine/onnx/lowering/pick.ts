import type { Builder } from "./builder.ts";
import type { Edge } from "./edge.ts";

/** Entries of a table of positions above which the graph would grow too large. */
export const MAX_TABLE = 2 ** 20;

/** Picks by a constant table along an axis; nothing is done where the table names everything in order. */
export function pick(g: Builder, from: Edge, axis: number, table: number[], extents: readonly number[]): Edge {
  const shape = [...from.shape.slice(0, axis), ...extents, ...from.shape.slice(axis + 1)];
  if (table.length === from.shape[axis] && table.every((at, i) => at === i)) return g.reshape(from, shape);
  return g.op("Gather", [from, g.constant(table, extents, "int32")], shape, from.dtype, { axis });
}
