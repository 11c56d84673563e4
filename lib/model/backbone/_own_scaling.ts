import type { Network } from "./_network.ts";

/** Operators that change the range of pixels, in all formats. */
const SCALING = ["Sub", "Mul", "Div", "RealDiv", "Add", "AddV2", "Rescaling", "Normalization", "BatchNormalization"];

/** What a photograph's pixels deviate from their mean, in bytes. */
const CONTRAST = 60;

/** A filter that gives less than this for usual contrast gives next to nothing. */
const LEAST_RESPONSE = 0.05;

/**
 * Why a network must be given pixels from 0 to 255 as they are, or null: it scales them itself in its first step, or that
 * is folded into its first filters, which are too small for pixels from 0 to 1 then. Filters in front of a normalisation
 * may be of any size.
 */
export function ownScaling({ input, steps, firstFilters, firstNorm }: Network): string | null {
  // Layers models name their values by layers: the input layer's name is the input.
  const first = steps.find(({ inputs }) => inputs.includes(input));
  if (first !== undefined && SCALING.includes(first.type)) return `its first step, ${first.type}, scales them itself`;
  if (firstFilters === null || firstNorm !== null) return null;
  const { shape: [n], values } = firstFilters;
  const size = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / n);
  return size * CONTRAST / 128 < LEAST_RESPONSE
    ? "its first filters are so small that pixels from −1 to 1 would give next to nothing"
    : null;
}
