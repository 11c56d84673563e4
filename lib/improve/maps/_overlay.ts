import sharp from "sharp";
import { type HeatMap, scaled } from "./heat_map.ts";

/** From nothing to much: dark blue, violet, orange, yellow; told apart in grey as well. */
const COLOURS = [[0, 0, 30], [90, 20, 110], [187, 55, 84], [249, 142, 9], [252, 255, 164]];

/** How much of the picture is still seen where the map is strongest. */
const LEAST = 0.3;

/**
 * A picture under its heat map, as JPEG: grey where nothing speaks for the class, and the more colour the more does. What
 * speaks against it is not drawn.
 *
 * @param pixels RGB bytes [size, size, 3].
 * @param most The value that gets the strongest colour.
 */
export async function overlay(pixels: Uint8Array, size: number, map: HeatMap, most: number): Promise<Uint8Array> {
  const { values } = scaled(map, size, size);
  const drawn = new Uint8Array(pixels.length);
  for (let place = 0; place < values.length; place++) {
    const share = Math.min(1, Math.max(0, values[place] / (most || 1)));
    const [red, green, blue] = pixels.subarray(place * 3, place * 3 + 3);
    const grey = 0.3 * red + 0.59 * green + 0.11 * blue;
    const colour = colourOf(share), strength = share * (1 - LEAST);
    // Lighter than it is, so that the colours have room.
    const under = 60 + 0.7 * grey;
    colour.forEach((value, channel) => drawn[place * 3 + channel] = under * (1 - strength) + value * strength);
  }
  return new Uint8Array(
    await sharp(drawn, { raw: { width: size, height: size, channels: 3 } }).jpeg({ quality: 80 }).toBuffer(),
  );
}

function colourOf(share: number): number[] {
  const at = share * (COLOURS.length - 1), before = Math.min(COLOURS.length - 2, Math.floor(at));
  return COLOURS[before].map((value, channel) => value + (COLOURS[before + 1][channel] - value) * (at - before));
}

/** The picture itself, as JPEG. */
export async function plain(pixels: Uint8Array, size: number): Promise<Uint8Array> {
  return new Uint8Array(
    await sharp(pixels, { raw: { width: size, height: size, channels: 3 } }).jpeg({ quality: 80 }).toBuffer(),
  );
}
