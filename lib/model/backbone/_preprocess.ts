import type { BackboneCard } from "./card.ts";

/** What of a card decides about a network's input. */
export type Preparation = Pick<BackboneCard, "size" | "layout" | "channels" | "range" | "mean" | "std">;

/**
 * Pixels as a network wants them.
 *
 * @param pixels RGB bytes [n, size, size, 3].
 * @param input Takes them, [rows, size, size, 3] or [rows, 3, size, size] by the layout, of n images or more; those
 * after the last are all 0. By default it is made, for n images.
 */
export function prepared(
  pixels: Uint8Array,
  n: number,
  { size, layout, channels, range, mean, std }: Preparation,
  input = new Float32Array(n * size * size * 3),
): Float32Array {
  const area = size * size;
  input.fill(0, n * area * 3);
  const factors = std.map((deviation) => (range[1] - range[0]) / 255 / deviation);
  const offsets = std.map((deviation, channel) => (range[0] - mean[channel]) / deviation);
  const plain = factors.every((factor) => factor === 1) && offsets.every((offset) => offset === 0);
  if (plain && layout === "NHWC" && channels === "RGB") {
    input.set(pixels); // ten times as fast as what follows
    return input;
  }
  const [pixelStep, channelStep] = layout === "NHWC" ? [3, 1] : [1, area];
  for (let channel = 0; channel < 3; channel++) {
    const source = channels === "RGB" ? channel : 2 - channel;
    const [factor, offset] = [factors[channel], offsets[channel]];
    for (let image = 0; image < n; image++) {
      const from = image * area * 3 + source;
      const to = image * area * 3 + channel * channelStep;
      for (let i = 0; i < area; i++) input[to + i * pixelStep] = pixels[from + i * 3] * factor + offset;
    }
  }
  return input;
}
