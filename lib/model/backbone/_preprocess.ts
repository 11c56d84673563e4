import type { BackboneCard } from "./card.ts";

/** What of a card decides about a network's input. */
export type Preparation = Pick<BackboneCard, "size" | "layout" | "channels" | "range" | "mean" | "std">;

/**
 * Pixels as a network wants them.
 *
 * @param pixels RGB bytes [n, size, size, 3].
 * @param rows As many images as the result is to have, n or more; those after the last are all 0.
 * @returns [rows, size, size, 3] or [rows, 3, size, size], by the layout.
 */
export function prepared(
  pixels: Uint8Array,
  n: number,
  { size, layout, channels, range, mean, std }: Preparation,
  rows = n,
): Float32Array {
  const area = size * size;
  const input = new Float32Array(rows * area * 3);
  const [pixelStep, channelStep] = layout === "NHWC" ? [3, 1] : [1, area];
  for (let channel = 0; channel < 3; channel++) {
    const source = channels === "RGB" ? channel : 2 - channel;
    // All values that a byte can become.
    const table = Float32Array.from({ length: 256 }, (_, byte) => {
      return (range[0] + byte / 255 * (range[1] - range[0]) - mean[channel]) / std[channel];
    });
    for (let image = 0; image < n; image++) {
      const from = image * area * 3 + source;
      const to = image * area * 3 + channel * channelStep;
      for (let i = 0; i < area; i++) input[to + i * pixelStep] = table[pixels[from + i * 3]];
    }
  }
  return input;
}
