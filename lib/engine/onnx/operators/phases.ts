import type { Window } from "./window.ts";

/** What reaches the positions of a phase from one convolution, along one axis. */
interface Reach {
  /** The filter's taps, the last first: so they meet the windows in order. None where the stride jumps over the phase. */
  readonly taps: readonly number[];
  /** Where position 0 of the phase finds the windows of the first and of the last of these taps. */
  readonly from: number;
  readonly to: number;
}

/**
 * Elements of an image that are whole strides apart along one axis: the same taps of a filter reach them. Counting begins
 * with the padding of the first convolution.
 */
export interface Phase {
  /** The first element. */
  readonly at: number;
  /** For each convolution of the image. */
  readonly reaches: readonly Reach[];
}

/** What an image's phases have in common along one axis. */
export interface Axis {
  readonly stride: number;
  /** What counts as padding before the image. */
  readonly before: number;
  /** The first and the last position that is computed for every phase. Some have no element of the image there. */
  readonly first: number;
  readonly last: number;
  /** Phases with as many taps at the same distances: one convolution gives them all. */
  readonly groups: readonly (readonly Phase[])[];
}

/** The phases along one axis (0: height, 1: width) of an image that goes into convolutions with equal strides. */
export function phasesAlong(windows: readonly Window[], axis: 0 | 1): Phase[] {
  const stride = windows[0].strides[axis];
  return Array.from({ length: stride }, (_, at) => {
    const reaches = windows.map(({ kernel, dilations, before }) => {
      const start = at + before[axis] - windows[0].before[axis];
      const taps = Array.from({ length: kernel[axis] }, (_, i) => kernel[axis] - 1 - i)
        .filter((tap) => (start - tap * dilations[axis]) % stride === 0);
      const window = (tap: number) => (start - tap * dilations[axis]) / stride;
      return { taps, from: window(taps[0] ?? 0), to: window(taps.at(-1) ?? 0) };
    });
    return { at, reaches };
  });
}

/** Whether taps of convolution `i` reach where two phases cross. */
export function meet(row: Phase, column: Phase, i: number): boolean {
  return row.reaches[i].taps.length > 0 && column.reaches[i].taps.length > 0;
}

/** @param spare Whether the last position shall be one that no window reaches. */
export function axisOf(windows: readonly Window[], axis: 0 | 1, phases: readonly Phase[], spare: boolean): Axis {
  const [stride, before] = [windows[0].strides[axis], windows[0].before[axis]];
  let first = Math.floor(before / stride), last = Math.floor((before + windows[0].input[axis] - 1) / stride);
  const groups = new Map<string, Phase[]>();
  for (const phase of phases) {
    phase.reaches.forEach(({ taps, from, to }, i) => {
      if (taps.length === 0) return;
      // No convolution may begin after or end before what it gives without padding.
      const { output } = windows[i];
      first = Math.min(first, -from);
      last = Math.max(last, spare ? output[axis] - from : output[axis] - 1 - to);
    });
    const key = phase.reaches.map(({ taps, from }) => taps.length && `${taps.length} from ${from}`).join();
    groups.set(key, [...groups.get(key) ?? [], phase]);
  }
  return { stride, before, first, last, groups: [...groups.values()] };
}

/** Padding of a convolution over the gradient of a window's outputs that gives a phase. */
export function paddingOf({ first, last }: Axis, { from, to }: Reach, output: number): [number, number] {
  return [-first - from, last + to - (output - 1)];
}

/** Windows from one of a phase's taps to its next. */
export function stepOf({ strides, dilations }: Window, axis: 0 | 1): number {
  return dilations[axis] / divisor(dilations[axis], strides[axis]);
}

/** The greatest common divisor. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
