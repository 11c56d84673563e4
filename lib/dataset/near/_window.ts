import { LOOK, LOOK_LENGTH, type Looks } from "../looks.ts";

/** A part of a picture: where it begins and how long its side is, as shares of the picture's; perhaps mirrored. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly mirrored?: boolean;
}

export const WHOLE: Window = { x: 0, y: 0, side: 1 };
export const MIRRORED: Window = { ...WHOLE, mirrored: true };

/** The middle and the four corners of a picture, each with that share of its side. */
export function cutouts(side: number): Window[] {
  const rest = 1 - side;
  return [[rest / 2, rest / 2], [0, 0], [rest, 0], [0, rest], [rest, rest]].map(([x, y]) => ({ x, y, side }));
}

/** RGB [side, side, 3] of a part of a picture, between pixels by their four neighbours. */
export function sampled(looks: Looks, image: number, window: Window, side: number): Float32Array {
  const out = new Float32Array(side * side * 3);
  const start = image * LOOK_LENGTH;
  const step = window.side * LOOK / side;
  for (let y = 0; y < side; y++) {
    const v = within(window.y * LOOK + (y + 0.5) * step - 0.5);
    const top = Math.min(LOOK - 2, Math.floor(v)), down = v - top;
    for (let x = 0; x < side; x++) {
      const u = within(window.x * LOOK + (x + 0.5) * step - 0.5);
      const left = Math.min(LOOK - 2, Math.floor(u)), along = u - left;
      const from = start + (top * LOOK + left) * 3;
      const to = (y * side + (window.mirrored ? side - 1 - x : x)) * 3;
      for (let c = 0; c < 3; c++) {
        const above = looks[from + c] * (1 - along) + looks[from + 3 + c] * along;
        const below = looks[from + LOOK * 3 + c] * (1 - along) + looks[from + LOOK * 3 + 3 + c] * along;
        out[to + c] = above * (1 - down) + below * down;
      }
    }
  }
  return out;
}

function within(value: number): number {
  return Math.max(0, Math.min(LOOK - 1, value));
}
