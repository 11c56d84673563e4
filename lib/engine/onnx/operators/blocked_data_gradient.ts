import { BLOCKED_DOMAIN, blockedOp, fourAxes } from "../lowering/blocked.ts";
import type { Edge } from "../lowering/edge.ts";
import type { Lowering } from "../lowering/lowering.ts";
import type { Ref } from "../lowering/ref.ts";
import type { Window } from "./window.ts";

/** Entries of a table of positions above which the graph would grow too large. */
const MAX_TABLE = 2 ** 20;

/** Whether {@link blockedDataGradient} can run; `channels` are the image's. */
export function canBlockDataGradient(g: Lowering, channels: number, out: number, window: Window): boolean {
  const picked = window.strides.some((stride) => stride > 1) ? channels * window.input[0] * window.input[1] : 0;
  return g.blocks(channels) && g.blocks(out) && picked <= MAX_TABLE * g.block;
}

/**
 * The gradient with respect to the input of a convolution, by phases: positions of the image that are whole strides
 * apart see the same taps of the filter, so they are a convolution of `dy` with stride 1 and those taps, turned by 180
 * degrees. Phases with the same geometry are channels of one convolution; then whole vectors are picked from all of them
 * by a constant table, which runs on all threads. With stride 1 there is one phase, and nothing to pick.
 *
 * `filter` is [height, width, in, out]; gives [batch, in / block, height, width, block].
 */
export function blockedDataGradient(g: Lowering, dy: Ref, filter: Edge, window: Window): Edge {
  const { block } = g;
  const [batch, , , out] = dy.shape;
  const blocks = filter.shape[2] / block;
  const gaps = ([0, 1] as const).some((axis) => phasesAlong(window, axis).some(({ taps }) => taps.length === 0));
  const [rows, columns] = [axisOf(window, 0, gaps), axisOf(window, 1)];
  const tiles = tilesOf(g, filter);

  const offsets = new Map<string, number>();
  const plane = rows.extent * columns.extent;
  const parts = rows.groups.flatMap((high) =>
    columns.groups.map((wide) => {
      const taps: number[] = [];
      for (const row of high.phases) {
        for (const column of wide.phases) {
          offsets.set(`${row.phase},${column.phase}`, offsets.size * blocks * plane);
          const own = row.taps.flatMap((y) => column.taps.map((x) => y * filter.shape[1] + x));
          for (let to = 0; to < blocks; to++) {
            for (let from = 0; from < out / block; from++) {
              taps.push(...own.map((tap) => (tap * blocks + to) * (out / block) + from));
            }
          }
        }
      }
      const channels = high.phases.length * wide.phases.length * blocks * block;
      const kernel = [high.phases[0].taps.length, wide.phases[0].taps.length];
      const weights = g.reshape(pick(g, tiles, 0, taps, [taps.length]), [channels, out, ...kernel]);
      const shape = [batch, channels, rows.extent, columns.extent];
      return blockedOp(g, "Conv", [g.blocked(dy), weights], shape, block, {
        kernel_shape: kernel,
        strides: [1, 1],
        dilations: [rows.step, columns.step],
        pads: [high.before, wide.before, high.after, wide.after],
        group: 1,
      });
    })
  );

  // Phases without a tap read a row that no window reached.
  const nothing = plane - columns.extent;
  const table: number[] = [];
  for (let b = 0; b < blocks; b++) {
    for (const row of rows.positions) {
      for (const column of columns.positions) {
        const offset = offsets.get(`${row.phase},${column.phase}`);
        table.push(offset === undefined ? nothing : offset + b * plane + row.at * columns.extent + column.at);
      }
    }
  }
  const phases = g.concat(parts.map((part) => fourAxes(g, part)), 1);
  const vectors = g.reshape(phases, [batch, offsets.size * blocks * plane, block]);
  const picked = pick(g, vectors, 1, table, [blocks, ...window.input]);
  return g.reshape(picked, [batch, blocks, ...window.input, block]);
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

/** Picks by a constant table along an axis; nothing is done where the table names everything in order. */
function pick(g: Lowering, from: Edge, axis: number, table: number[], extents: readonly number[]): Edge {
  const shape = [...from.shape.slice(0, axis), ...extents, ...from.shape.slice(axis + 1)];
  if (table.length === from.shape[axis] && table.every((at, i) => at === i)) return from;
  return g.op("Gather", [from, g.constant(table, extents, "int32")], shape, from.dtype, { axis });
}

/** Positions of an image, padding counted, that are whole strides apart along one axis. */
interface Phase {
  /** The first position. */
  readonly phase: number;
  /** The filter's taps that reach it, the last first. */
  readonly taps: readonly number[];
  /** How many windows back the first of these taps reads. */
  readonly lag: number;
}

function phasesAlong({ kernel, strides, dilations }: Window, axis: 0 | 1): Phase[] {
  const taps = Array.from({ length: kernel[axis] }, (_, i) => kernel[axis] - 1 - i);
  return Array.from({ length: strides[axis] }, (_, phase) => {
    const own = taps.filter((tap) => tap * dilations[axis] % strides[axis] === phase);
    return { phase, taps: own, lag: own.length && Math.floor(own.at(-1)! * dilations[axis] / strides[axis]) };
  });
}

/** What the convolutions of all phases have in common along one axis. */
interface Axis {
  /** Positions that each phase has. */
  readonly extent: number;
  /** Windows from one tap of a phase to its next. */
  readonly step: number;
  /** Phases with as many taps at the same distance, and the padding of their convolution. */
  readonly groups: readonly { readonly phases: readonly Phase[]; readonly before: number; readonly after: number }[];
  /** Where the image's elements are. */
  readonly positions: readonly { readonly phase: number; readonly at: number }[];
}

/** @param spare Whether the last position shall be one that no window reached. */
function axisOf(window: Window, axis: 0 | 1, spare = false): Axis {
  const [stride, dilation] = [window.strides[axis], window.dilations[axis]];
  const [before, input, output] = [window.before[axis], window.input[axis], window.output[axis]];
  const step = dilation / divisor(dilation, stride);
  const reached = phasesAlong(window, axis).filter(({ taps }) => taps.length > 0);
  const reach = ({ taps, lag }: Phase) => lag + (taps.length - 1) * step;
  // All phases get the same extent, and none may begin after or end before what its convolution gives without padding.
  const first = Math.min(Math.floor(before / stride), ...reached.map(reach));
  const last = Math.max(
    Math.floor((before + input - 1) / stride),
    ...reached.map((phase) => output - 1 + (spare ? reach(phase) + 1 : phase.lag)),
  );
  const groups = new Map<string, Phase[]>();
  for (const phase of reached) {
    const key = `${phase.taps.length} ${phase.lag}`;
    groups.set(key, [...groups.get(key) ?? [], phase]);
  }
  return {
    extent: last - first + 1,
    step,
    groups: [...groups.values()].map((phases) => {
      return { phases, before: reach(phases[0]) - first, after: last - phases[0].lag - (output - 1) };
    }),
    positions: Array.from({ length: input }, (_, i) => {
      return { phase: (before + i) % stride, at: Math.floor((before + i) / stride) - first };
    }),
  };
}

/** The greatest common divisor. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
