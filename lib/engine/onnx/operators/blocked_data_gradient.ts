import { BLOCKED_DOMAIN, blockedOp, fourAxes } from "../lowering/blocked.ts";
import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import type { Ref } from "../lowering/ref.ts";
import { MAX_TABLE, pick } from "../lowering/pick.ts";
import { type Axis, axisOf, meet, paddingOf, type Phase, phasesAlong, stepOf } from "./phases.ts";
import type { Window } from "./window.ts";

/** A convolution of an image: the gradient of what came out, its filter [height, width, in, out], and its geometry. */
export interface Source {
  readonly dy: Ref;
  readonly filter: Edge;
  readonly window: Window;
}

/** Whether {@link blockedDataGradient} can run for a convolution; `channels` are the image's. */
export function canBlockDataGradient(g: Lowering, channels: number, out: number, window: Window): boolean {
  const picked = window.strides.some((stride) => stride > 1) ? channels * window.input[0] * window.input[1] : 0;
  return g.blocks(channels) && g.blocks(out) && picked <= MAX_TABLE * g.block;
}

/**
 * The gradient with respect to an image that goes into convolutions with equal strides, by phases: elements of the image
 * that are whole strides apart see the same taps of a filter, so their gradient is a convolution of `dy` with stride 1
 * and those taps, turned by 180 degrees. Phases with the same geometry are channels of one convolution. Then whole
 * vectors are picked from all of them by a constant table, which runs on all threads. With stride 1 there is one phase,
 * and nothing to pick.
 *
 * `sum` is a blocked image that is added, for nothing where the stride is 1. Gives [batch, in / block, height, width,
 * block].
 */
export function blockedDataGradient(g: Lowering, sources: readonly Source[], sum: Edge | null = null): Edge {
  const { block } = g;
  const windows = sources.map(({ window }) => window);
  const [batch] = sources[0].dy.shape;
  const blocks = sources[0].filter.shape[2] / block;
  const [high, wide] = [phasesAlong(windows, 0), phasesAlong(windows, 1)];
  const gaps = high.some((row) => wide.some((column) => windows.every((_, i) => !meet(row, column, i))));
  const [rows, columns] = [axisOf(windows, 0, high, gaps), axisOf(windows, 1, wide, false)];
  const extents = [rows, columns].map(({ first, last }) => last - first + 1);
  const isWhole = rows.stride * columns.stride === 1 && extents.every((extent, i) => extent === windows[0].input[i]);

  const tiles = sources.map(({ filter }) => tilesOf(g, filter));
  const slots = new Map<string, number>();
  const parts: Edge[] = [];
  for (const above of rows.groups) {
    for (const aside of columns.groups) {
      const pairs = above.flatMap((row) => aside.map((column) => [row, column] as const));
      let part = isWhole ? sum : null;
      sources.forEach(({ dy, filter, window }, i) => {
        if (!meet(above[0], aside[0], i)) return;
        const taps = pairs.flatMap(([row, column]) => tapsOf(row, column, i, filter, block));
        const channels = pairs.length * blocks * block;
        const [own, other] = [above[0].reaches[i], aside[0].reaches[i]];
        const kernel = [own.taps.length, other.taps.length];
        const weights = g.reshape(pick(g, tiles[i], 0, taps, [taps.length]), [channels, filter.shape[3], ...kernel]);
        const inputs = [g.blocked(dy), weights, ...(part ? [null, part] : [])];
        const [top, bottom] = paddingOf(rows, own, window.output[0]);
        const [left, right] = paddingOf(columns, other, window.output[1]);
        part = blockedOp(g, "Conv", inputs, [batch, channels, ...extents], block, {
          kernel_shape: kernel,
          strides: [1, 1],
          dilations: [stepOf(window, 0), stepOf(window, 1)],
          pads: [top, left, bottom, right],
          group: 1,
        });
      });
      if (part === null) continue;
      parts.push(part);
      for (const [row, column] of pairs) slots.set(`${row.at},${column.at}`, slots.size);
    }
  }
  if (isWhole) return parts[0];

  const { input } = windows[0];
  const phases = g.concat(parts.map((part) => fourAxes(g, part)), 1);
  const vectors = g.reshape(phases, [batch, slots.size * blocks * extents[0] * extents[1], block]);
  const table = tableOf(rows, columns, slots, blocks, input);
  const gradient = g.reshape(pick(g, vectors, 1, table, [blocks, ...input]), [batch, blocks, ...input, block]);
  return sum ? g.add(gradient, sum) : gradient;
}

/** The filter as tiles [taps * in / block * out / block, block * block], whose innermost axis is the input's channels. */
function tilesOf(g: Lowering, filter: Edge): Edge {
  const [height, width, channels, out] = filter.shape;
  const { block } = g;
  // What goes in is what came out: the filter needs its input channels innermost, which this operator does fast.
  const shape = [height * width, channels, 1, out];
  const outputs = [{ shape, dtype: "float32" as const }];
  const [swapped] = g.ops("ReorderInput", [g.reshape(filter, shape)], outputs, {}, BLOCKED_DOMAIN);
  return g.reshape(swapped, [height * width * channels / block * out / block, block * block]);
}

/** Where the weights of a phase are among the tiles of filter `i`, in the order [in / block, out / block, taps]. */
function tapsOf(row: Phase, column: Phase, i: number, { shape }: Edge, block: number): number[] {
  const [, width, channels, out] = shape;
  const taps = row.reaches[i].taps.flatMap((y) => column.reaches[i].taps.map((x) => y * width + x));
  return Array.from({ length: channels / block }, (_, to) => to).flatMap((to) =>
    Array.from({ length: out / block }, (_, from) => from).flatMap((from) =>
      taps.map((tap) => (tap * (channels / block) + to) * (out / block) + from)
    )
  );
}

/** Where the image's vectors are among those of all phases: [blocks, height, width]. */
function tableOf(
  rows: Axis,
  columns: Axis,
  slots: ReadonlyMap<string, number>,
  blocks: number,
  [height, width]: Window["input"],
): number[] {
  const across = columns.last - columns.first + 1;
  const plane = (rows.last - rows.first + 1) * across;
  // Where no tap reaches: a row that no window reached.
  const nothing = plane - across;
  const table: number[] = [];
  for (let b = 0; b < blocks; b++) {
    for (let y = rows.before; y < rows.before + height; y++) {
      for (let x = columns.before; x < columns.before + width; x++) {
        const slot = slots.get(`${y % rows.stride},${x % columns.stride}`);
        const row = Math.floor(y / rows.stride) - rows.first, column = Math.floor(x / columns.stride) - columns.first;
        table.push(slot === undefined ? nothing : (slot * blocks + b) * plane + row * across + column);
      }
    }
  }
  return table;
}
