/** Ascending whole numbers, each once, as ranges that include both ends: [0, 1, 2, 5] as [[0, 2], [5, 5]]. */
export function toRanges(numbers: Iterable<number>): [number, number][] {
  const ranges: [number, number][] = [];
  for (const n of numbers) {
    const last = ranges.at(-1);
    if (last && n === last[1] + 1) last[1] = n;
    else ranges.push([n, n]);
  }
  return ranges;
}

export function fromRanges(ranges: readonly (readonly [number, number])[]): number[] {
  return ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
}
