import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import type { Source } from "./blocked_data_gradient.ts";
import { pickedInputsFirst } from "./filter_order.ts";
import { type Axis, axisOf, meet, paddingOf, type Phase, phasesAlong, stepOf } from "./phases.ts";
import type { Window } from "./window.ts";

/** Phases above which this was not measured. */
const MAX_PHASES = 4;

/** Channels of an image below which convolutions have too few rows of products to be fast. */
const MIN_CHANNELS = 8;

/**
 * Whether {@link phasedDataGradient} can run, and gains: for convolutions of one image with equal strides, where each of
 * few phases gets something.
 */
export function hasFewPhases(g: Lowering, windows: readonly Window[], channels: number): boolean {
  const [{ strides: [high, wide] }] = windows;
  // What is not blocked beside blocked images keeps its bits.
  if (g.block > 0 || high * wide === 1 || high * wide > MAX_PHASES || channels < MIN_CHANNELS) return false;
  if (windows.some(({ strides }) => strides[0] !== high || strides[1] !== wide)) return false;
  const columns = phasesAlong(windows, 1);
  return phasesAlong(windows, 0).every((row) =>
    columns.every((column) => windows.some((_, i) => meet(row, column, i)))
  );
}

/**
 * The gradient with respect to an image that goes into convolutions with equal strides, by phases, as in the blocked
 * layout (`blockedDataGradient`): a convolution of `dy` with stride 1 for each phase. ONNX Runtime joins neighbours
 * in a row, and rows, as fast as it copies, where it transposes as slowly as its transposed convolution scatters.
 * Gives [batch, in, height, width].
 */
export function phasedDataGradient(g: Lowering, sources: readonly Source[]): Edge {
  const windows = sources.map(({ window }) => window);
  const [batch] = sources[0].dy.shape;
  const [, , channels] = sources[0].filter.shape;
  const [high, wide] = [phasesAlong(windows, 0), phasesAlong(windows, 1)];
  const [rows, columns] = [axisOf(windows, 0, high, false), axisOf(windows, 1, wide, false)];
  const [height, width] = [rows, columns].map(({ first, last }) => last - first + 1);

  const phase = (row: Phase, column: Phase) => {
    const parts = sources.flatMap(({ dy, filter, window }, i) => {
      if (!meet(row, column, i)) return [];
      const [own, other] = [row.reaches[i], column.reaches[i]];
      const [top, bottom] = paddingOf(rows, own, window.output[0]);
      const [left, right] = paddingOf(columns, other, window.output[1]);
      const weights = pickedInputsFirst(g, filter, own.taps, other.taps);
      return g.op("Conv", [g.nchw(dy), weights], [batch, channels, height, width], "float32", {
        kernel_shape: [own.taps.length, other.taps.length],
        strides: [1, 1],
        dilations: [stepOf(window, 0), stepOf(window, 1)],
        pads: [top, left, bottom, right],
        group: 1,
      });
    });
    return g.reshape(parts.reduce(g.add), [batch * channels * height * width, 1]);
  };
  const lines = high.map((row) => {
    return g.reshape(g.concat(wide.map((column) => phase(row, column)), 1), [
      batch * channels * height,
      width * wide.length,
    ]);
  });
  const whole = g.reshape(g.concat(lines, 1), [batch, channels, height * high.length, width * wide.length]);
  const [above, below] = surplus(rows, windows[0].input[0]);
  const [left, right] = surplus(columns, windows[0].input[1]);
  return g.pad(whole, [0, 0, -above, -left], [0, 0, -below, -right]);
}

/** Elements before and after the image that are computed for nothing. */
function surplus({ stride, before, first, last }: Axis, extent: number): [number, number] {
  const ahead = before - first * stride;
  return [ahead, (last - first + 1) * stride - ahead - extent];
}
