/**
 * What TrivialAugment does to values, beside what policies can name: each changes [size, size, 3] values from `at` on, in
 * place, as Pillow's `ImageOps` and `ImageEnhance` do.
 */

/** Leaves that many bits of each value, 1 to 8. */
export function posterise(values: Float32Array, at: number, length: number, bits: number, white: number): void {
  const step = 2 ** (8 - bits), byte = 255 / white;
  for (let i = at; i < at + length; i++) values[i] = Math.floor(Math.round(values[i] * byte) / step) * step / byte;
}

/** Turns everything lighter than `threshold` into its negative. */
export function solarise(values: Float32Array, at: number, length: number, threshold: number, white: number): void {
  for (let i = at; i < at + length; i++) if (values[i] >= threshold) values[i] = white - values[i];
}

/** Stretches each channel from black to white. */
export function autocontrast(values: Float32Array, at: number, length: number, white: number): void {
  for (let channel = 0; channel < 3; channel++) {
    let low = Infinity, high = -Infinity;
    for (let i = at + channel; i < at + length; i += 3) {
      if (values[i] < low) low = values[i];
      if (values[i] > high) high = values[i];
    }
    if (high <= low) continue;
    const factor = white / (high - low);
    for (let i = at + channel; i < at + length; i += 3) values[i] = (values[i] - low) * factor;
  }
}

/** Gives each channel about as many pixels of each value. */
export function equalise(values: Float32Array, at: number, length: number, white: number): void {
  const byte = 255 / white;
  const histogram = new Int32Array(256), lookup = new Float32Array(256);
  for (let channel = 0; channel < 3; channel++) {
    histogram.fill(0);
    for (let i = at + channel; i < at + length; i += 3) histogram[Math.round(values[i] * byte)]++;
    const last = histogram.findLastIndex((count) => count > 0);
    const step = Math.floor((length / 3 - histogram[last]) / 255);
    if (step === 0) continue;
    let below = Math.floor(step / 2);
    for (let value = 0; value < 256; value++) {
      lookup[value] = Math.min(255, Math.floor(below / step)) / byte;
      below += histogram[value];
    }
    for (let i = at + channel; i < at + length; i += 3) values[i] = lookup[Math.round(values[i] * byte)];
  }
}

/** Moves the image towards a smoothed one (factor below 1) or away from it (above 1). Edges stay as they are. */
export function sharpness(values: Float32Array, at: number, size: number, factor: number, white: number): void {
  const line = size * 3, before = values.slice(at, at + size * line);
  for (let y = 1; y < size - 1; y++) {
    for (let i = y * line + 3; i < (y + 1) * line - 3; i++) {
      const here = before[i];
      const around = before[i - line - 3] + before[i - line] + before[i - line + 3] + before[i - 3] + before[i + 3] +
        before[i + line - 3] + before[i + line] + before[i + line + 3];
      const smooth = (around + 5 * here) / 13;
      const value = smooth + factor * (here - smooth);
      values[at + i] = value < 0 ? 0 : value > white ? white : value;
    }
  }
}
