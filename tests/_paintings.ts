import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { Random } from "../lib/stats/mod.ts";
import { write } from "./_fixtures.ts";

/** Side of a painting. */
export const SIDE = 64;

/** An image in the making: RGB [64, 64, 3], to be changed in place. */
export interface Painting {
  readonly pixels: Uint8Array;
  /** 0, 1 or 2. */
  readonly label: number;
  readonly part: "train" | "test";
  /** Running number within its class and part. */
  readonly index: number;
}

/** How a folder of paintings differs from a clean one. */
export interface PaintingOptions {
  readonly seed?: number;
  /** Images per class for training and for testing. */
  readonly train?: number;
  readonly test?: number;
  /** Changes the pixels. */
  readonly spoil?: (painting: Painting) => void;
  /** File name, without folder and extension. */
  readonly name?: (painting: Painting) => string;
  /** Encodes, to other files than 64x64 PNG. */
  readonly encode?: (image: Sharp, painting: Painting) => Sharp;
}

const CLASSES = ["disc", "box", "cross"] as const;

/**
 * Writes a folder that looks a little like photographs: a bright sky over a darker ground with uneven light, and one
 * thing of its class in any colour, place and size. Nothing but the thing tells the class.
 */
export async function paintings(folder: string, options: PaintingOptions = {}): Promise<string> {
  const { seed = 1, train = 45, test = 25, spoil, name = ({ index }) => String(index), encode } = options;
  for (const [label, kind] of CLASSES.entries()) {
    for (const [part, count] of [["train", train], ["test", test]] as const) {
      for (let index = 0; index < count; index++) {
        const pixels = paint(label, new Random(`${seed}/${kind}/${part}/${index}`));
        const painting: Painting = { pixels, label, part, index };
        spoil?.(painting);
        const image = sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } });
        const bytes = await (encode?.(image, painting) ?? image.png({ compressionLevel: 1 })).toBuffer();
        await write(join(folder, part, kind, `${name(painting)}.png`), new Uint8Array(bytes));
      }
    }
  }
  return folder;
}

function paint(label: number, random: Random): Uint8Array {
  const between = (low: number, high: number) => low + (high - low) * random.next();
  const colour = () => [0, 1, 2].map(() => between(20, 235));
  const sky = colour().map((value) => 130 + value / 2.2), ground = colour().map((value) => value / 2.2);
  const thing = colour();
  const horizon = between(30, 44), tilt = between(-6, 6), light = between(-25, 25);
  const x0 = between(20, 44), y0 = between(20, 44), radius = between(8, 15);
  const pixels = new Uint8Array(SIDE * SIDE * 3);
  let noise = random.integer(65_536);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const dx = Math.abs(x - x0) / radius, dy = Math.abs(y - y0) / radius;
      const inside = [dx * dx + dy * dy < 1, Math.max(dx, dy) < 0.9, Math.min(dx, dy) < 0.3 && Math.max(dx, dy) < 1.1];
      const under = y > horizon + tilt * (x / SIDE - 0.5);
      const base = inside[label] ? thing : under ? ground : sky;
      for (let c = 0; c < 3; c++) {
        // A cheap generator does for grain.
        noise = (noise * 75 + 74) % 65_537;
        const value = base[c] + light * (x / SIDE - 0.5) + 18 * (noise / 65_537 - 0.5);
        pixels[(y * SIDE + x) * 3 + c] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
  return pixels;
}

/** Turns a painting to the right by quarter turns. */
export function turn({ pixels }: Painting, quarters: number): void {
  for (let q = 0; q < quarters; q++) {
    const before = pixels.slice();
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        for (let c = 0; c < 3; c++) {
          pixels[(x * SIDE + SIDE - 1 - y) * 3 + c] = before[(y * SIDE + x) * 3 + c];
        }
      }
    }
  }
}
