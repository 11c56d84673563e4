/**
 * Blurs [size, size, 3] values from `at` on, in place, with a Gaussian of that standard deviation in pixels; edges are
 * repeated.
 */
export function blur(values: Float32Array, at: number, size: number, sigma: number): void {
  const reach = Math.ceil(2.5 * sigma);
  const kernel = Float64Array.from({ length: reach + 1 }, (_, i) => Math.exp(-0.5 * (i / sigma) ** 2));
  const sum = kernel.reduce((total, weight, i) => total + (i === 0 ? weight : 2 * weight), 0);
  kernel.forEach((weight, i) => kernel[i] = weight / sum);
  const line = size * 3;
  const across = new Float32Array(size * line);
  const last = size - 1;
  for (let y = 0; y < size; y++) {
    const row = at + y * line;
    for (let x = 0; x < size; x++) {
      const here = row + x * 3;
      let red = kernel[0] * values[here], green = kernel[0] * values[here + 1], blue = kernel[0] * values[here + 2];
      for (let i = 1; i <= reach; i++) {
        const left = row + (x < i ? 0 : x - i) * 3, right = row + (x + i > last ? last : x + i) * 3;
        const weight = kernel[i];
        red += weight * (values[left] + values[right]);
        green += weight * (values[left + 1] + values[right + 1]);
        blue += weight * (values[left + 2] + values[right + 2]);
      }
      const to = y * line + x * 3;
      across[to] = red;
      across[to + 1] = green;
      across[to + 2] = blue;
    }
  }
  for (let y = 0; y < size; y++) {
    const row = at + y * line;
    for (let x = 0; x < line; x++) values[row + x] = kernel[0] * across[y * line + x];
    for (let i = 1; i <= reach; i++) {
      const above = (y < i ? 0 : y - i) * line, below = (y + i > last ? last : y + i) * line, weight = kernel[i];
      for (let x = 0; x < line; x++) values[row + x] += weight * (across[above + x] + across[below + x]);
    }
  }
}
