import { Random } from "../stats/mod.ts";

/** Drawing a normal number takes twenty times as long as looking one up. */
const DRAWN = 2 ** 14;
let drawn: Float32Array | null = null;

/** Adds normal errors to `length` RGB values from `at` on, in place, and keeps them between 0 and `white`. */
export function noise(
  values: Float32Array,
  at: number,
  length: number,
  sigma: number,
  white: number,
  random: Random,
): void {
  drawn ??= standardNormals();
  // Marsaglia (2003), Xorshift RNGs: which of the numbers is next. Its state must not be 0.
  let state = random.integer(2 ** 31 - 1) + 1;
  for (let i = at; i < at + length; i += 3) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    // Half of what is black or white already falls outside, so a branch would be guessed wrong each other time.
    // The three channels of a pixel take neighbouring ones, which know nothing of each other.
    const place = state & (DRAWN - 1);
    const red = values[i] + sigma * drawn[place];
    const green = values[i + 1] + sigma * drawn[place + 1];
    const blue = values[i + 2] + sigma * drawn[place + 2];
    values[i] = Math.max(0, Math.min(white, red));
    values[i + 1] = Math.max(0, Math.min(white, green));
    values[i + 2] = Math.max(0, Math.min(white, blue));
  }
}

function standardNormals(): Float32Array {
  const random = new Random("augment/noise");
  const values = Float64Array.from({ length: DRAWN + 2 }, () => random.normal());
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return Float32Array.from(values, (value) => (value - mean) / spread);
}
