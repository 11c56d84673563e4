import type { Shape } from "../value.ts";

/** The shape that two shapes broadcast to, aligned at the end. Throws where extents differ and neither is 1. */
export function broadcast(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const x = a[a.length - i] ?? 1;
    const y = b[b.length - i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new Error(`[${a}] and [${b}] do not broadcast: ${x} against ${y}`);
    shape[rank - i] = x === 1 ? y : x;
  }
  return shape;
}

/** The axis counted from the front. Throws where there is no such axis. */
export function axisOf(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!(Number.isInteger(axis) && positive >= 0 && positive < rank)) {
    throw new Error(`axis ${axis} is outside of rank ${rank}`);
  }
  return positive;
}

/** The axes from the front, sorted; all of them where none is given. */
export function axesOf(axis: number | readonly number[] | undefined | null, rank: number): number[] {
  if (axis == null) return Array.from({ length: rank }, (_, i) => i);
  const list = typeof axis === "number" ? [axis] : axis;
  return [...new Set(list.map((a) => axisOf(a, rank)))].sort((a, b) => a - b);
}

export function permuted(shape: Shape, permutation: readonly number[]): number[] {
  return permutation.map((axis) => shape[axis]);
}

/** Whether a permutation moves nothing but axes of extent 1, so that the elements stay in their order. */
export function isReshape(shape: Shape, permutation: readonly number[]): boolean {
  let last = -1;
  for (const axis of permutation) {
    if (shape[axis] === 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}
