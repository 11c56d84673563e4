import type { Network } from "./_network.ts";

/** Red must weigh so much more than blue, or the other way round, to count. */
const MARGIN = 1.1;

/**
 * The order of colours that a network's first filters speak for, or null. Photographs have less contrast in blue than in
 * red, and red goes with green more closely; the filters of trained networks mirror both, of three looked at (SqueezeNet,
 * a tiny Darknet, the bundled MobileNetV3) all. Few enough to call it no more than likely.
 */
export function colourOrder({ firstFilters }: Pick<Network, "firstFilters">): "RGB" | "BGR" | null {
  if (firstFilters === null) return null;
  const { shape: [n, , height, width], values } = firstFilters;
  const area = height * width;
  const product = (a: number, b: number) => {
    let sum = 0;
    for (let filter = 0; filter < n; filter++) {
      for (let i = 0; i < area; i++) sum += values[(filter * 3 + a) * area + i] * values[(filter * 3 + b) * area + i];
    }
    return sum;
  };
  const energy = [0, 1, 2].map((channel) => Math.sqrt(product(channel, channel)));
  const [firstWithGreen, lastWithGreen] = [product(0, 1) / energy[0], product(1, 2) / energy[2]];
  if (energy[0] > MARGIN * energy[2] && firstWithGreen > lastWithGreen) return "RGB";
  if (energy[2] > MARGIN * energy[0] && lastWithGreen > firstWithGreen) return "BGR";
  return null;
}
