/** Some rows of [n, D], in their order. */
export function rows(values: Float32Array, dimensions: number, wanted: readonly number[]): Float32Array {
  const taken = new Float32Array(wanted.length * dimensions);
  wanted.forEach((row, i) => taken.set(values.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions));
  return taken;
}

/** Some columns of [n, D]: stretches of them, one after the other. */
export function columns(
  values: Float32Array,
  dimensions: number,
  stretches: readonly { readonly from: number; readonly to: number }[],
): Float32Array {
  const n = values.length / dimensions;
  const width = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  const taken = new Float32Array(n * width);
  for (let i = 0; i < n; i++) {
    let at = i * width;
    for (const { from, to } of stretches) {
      taken.set(values.subarray(i * dimensions + from, i * dimensions + to), at);
      at += to - from;
    }
  }
  return taken;
}
