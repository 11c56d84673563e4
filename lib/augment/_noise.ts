import { Random } from "../stats/mod.ts";

/** Drawing a normal number takes twenty times as long as looking one up. */
const DRAWN = 2 ** 16;
let drawn: Float32Array | null = null;

/** Adds normal errors to `length` values from `at` on, in place, and keeps them between 0 and `white`. */
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
  for (let i = at; i < at + length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const value = values[i] + sigma * drawn[state & (DRAWN - 1)];
    values[i] = value < 0 ? 0 : value > white ? white : value;
  }
}

function standardNormals(): Float32Array {
  const random = new Random("augment/noise");
  const values = Float64Array.from({ length: DRAWN }, () => random.normal());
  const mean = values.reduce((sum, value) => sum + value, 0) / DRAWN;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / DRAWN);
  return Float32Array.from(values, (value) => (value - mean) / spread);
}
