import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import { pick } from "../lowering/pick.ts";
import { sizeOf } from "../value.ts";

/** Elements of a filter from which two fast operators take less time than one slow one. */
const MIN_ELEMENTS = 2 ** 14;

/** A filter [height, width, in, out] in the order of ONNX's convolutions, [out, in, height, width]. */
export function outputsFirst(g: Lowering, filter: Edge): Edge {
  if (sizeOf(filter.shape) < MIN_ELEMENTS) return g.transpose(filter, [3, 2, 0, 1]);
  const [height, width] = filter.shape;
  return g.transpose(inputsFirst(g, filter, [...Array(height).keys()], [...Array(width).keys()]), [3, 0, 1, 2]);
}

/** The same for the gradient of a convolution's input, turned by 180 degrees: [in, out, height, width]. */
export function turnedInputsFirst(g: Lowering, filter: Edge): Edge {
  const [height, width] = filter.shape;
  return pickedInputsFirst(g, filter, [...Array(height).keys()].reverse(), [...Array(width).keys()].reverse());
}

/** The same with some of the filter's rows and columns only, in the given order: [in, out, rows, columns]. */
export function pickedInputsFirst(
  g: Lowering,
  filter: Edge,
  rows: readonly number[],
  columns: readonly number[],
): Edge {
  return g.transpose(inputsFirst(g, filter, rows, columns), [0, 3, 1, 2]);
}

/**
 * Taps of a filter as [in, rows, columns, out]. ONNX Runtime moves one axis, as is left to be done after this, ten times
 * as fast as several.
 */
function inputsFirst(g: Lowering, filter: Edge, rows: readonly number[], columns: readonly number[]): Edge {
  const [height, width, inner, out] = filter.shape;
  const taps = rows.flatMap((row) => columns.map((column) => row * width + column));
  const order = Array.from({ length: inner }, (_, channel) => taps.map((tap) => tap * inner + channel)).flat();
  const table = g.reshape(filter, [height * width * inner, out]);
  return pick(g, table, 0, order, [inner, rows.length, columns.length]);
}
