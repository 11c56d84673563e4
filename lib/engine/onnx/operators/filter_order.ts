import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import { sizeOf } from "../value.ts";

/** Elements of a filter from which two fast operators take less time than one slow one. */
const MIN_ELEMENTS = 2 ** 14;

/** A filter [height, width, in, out] in the order of ONNX's convolutions, [out, in, height, width]. */
export function outputsFirst(g: Lowering, filter: Edge): Edge {
  if (sizeOf(filter.shape) < MIN_ELEMENTS) return g.transpose(filter, [3, 2, 0, 1]);
  return g.transpose(inputsFirst(g, filter, false), [3, 0, 1, 2]);
}

/** The same for the gradient of a convolution's input, turned by 180 degrees: [in, out, height, width]. */
export function turnedInputsFirst(g: Lowering, filter: Edge): Edge {
  return g.transpose(inputsFirst(g, filter, true), [0, 3, 1, 2]);
}

/**
 * A filter as [in, height, width, out], by picking rows. ONNX Runtime moves one axis, as is left to be done after this,
 * ten times as fast as several.
 */
function inputsFirst(g: Lowering, filter: Edge, turned: boolean): Edge {
  const [height, width, inner, out] = filter.shape;
  const taps = height * width;
  const shape = [inner, height, width, out];
  const order = Array.from({ length: inner * taps }, (_, i) => {
    const tap = i % taps;
    return (turned ? taps - 1 - tap : tap) * inner + Math.floor(i / taps);
  });
  if (order.every((row, i) => row === i)) return g.reshape(filter, shape);
  const rows = g.reshape(filter, [taps * inner, out]);
  const table = g.constant(order, [order.length], "int32");
  return g.reshape(g.op("Gather", [rows, table], rows.shape, rows.dtype, { axis: 0 }), shape);
}
