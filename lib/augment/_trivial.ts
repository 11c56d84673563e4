import type { Random } from "../stats/mod.ts";
import type { Canvas } from "./_canvas.ts";
import { autocontrast, equalise, posterise, sharpness, solarise } from "./_tones.ts";
import type { TrivialAugment } from "./types.ts";

/** The strongest of each, in the paper's tables: shares of the size, degrees, factors around 1, bits that are left. */
const SPACES = {
  standard: { shear: 0.3, translate: 10 / 32, degrees: 30, factor: 0.9, bits: 4 },
  wide: { shear: 0.99, translate: 1, degrees: 135, factor: 0.99, bits: 2 },
} as const;

/** Strengths are drawn from 0 to that, inclusive. */
const LEVELS = 30;

const KINDS = [
  "identity",
  "autocontrast",
  "equalise",
  "rotate",
  "solarise",
  "saturation",
  "posterise",
  "contrast",
  "brightness",
  "sharpness",
  "shear-x",
  "shear-y",
  "translate-x",
  "translate-y",
] as const;

/** Draws one operation and its strength for the image on the canvas. */
export function trivialAugment(canvas: Canvas, { space }: TrivialAugment, random: Random): void {
  const kind = KINDS[random.integer(KINDS.length)];
  const level = random.integer(LEVELS + 1) / LEVELS;
  const signed = (most: number) => most * level * (random.next() < 0.5 ? -1 : 1);
  const { shear, translate, degrees, factor, bits } = SPACES[space];
  const { geometry, colours, size, white } = canvas;
  switch (kind) {
    case "identity":
      return;
    case "rotate":
      return geometry.rotate(signed(degrees));
    case "shear-x":
      return geometry.then(1, signed(shear), 0, 0, 1, 0);
    case "shear-y":
      return geometry.then(1, 0, 0, signed(shear), 1, 0);
    case "translate-x":
      return geometry.then(1, 0, Math.round(signed(translate) * size), 0, 1, 0);
    case "translate-y":
      return geometry.then(1, 0, 0, 0, 1, Math.round(signed(translate) * size));
    case "brightness":
      return colours.brightness(1 + signed(factor));
    case "contrast":
      return colours.contrast(1 + signed(factor), canvas.lightness());
    case "saturation":
      return colours.saturation(1 + signed(factor));
  }
  const [values, at] = canvas.painted();
  const length = size * size * 3;
  switch (kind) {
    case "autocontrast":
      return autocontrast(values, at, length, white);
    case "equalise":
      return equalise(values, at, length, white);
    case "solarise":
      return solarise(values, at, length, white * (1 - level), white);
    case "posterise":
      return posterise(values, at, length, Math.round(8 - level * (8 - bits)), white);
    case "sharpness":
      return sharpness(values, at, size, 1 + signed(factor), white);
  }
}
