import type { Examples } from "./_batches.ts";

/** An image mirrored or not, and moved right and down by so many steps. */
interface View {
  readonly mirrored: boolean;
  readonly right: number;
  readonly down: number;
}

/** As it is comes first, so that one view is none; then mirrored; then moved, both ways round in turn. */
const VIEWS: readonly View[] = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]].flatMap(([right, down]) =>
  [false, true].map((mirrored) => ({ mirrored, right, down }))
);

/** The most there are of one image. */
export const MOST_VIEWS = VIEWS.length;

/** A step, as a share of the size. */
const STEP = 1 / 16;

/**
 * The pixels of `examples` as views after the first show them: mirrored; then moved by a sixteenth of their size right,
 * left, down and up, each both ways round. An image's views do not depend on the images beside it.
 */
export function* viewsOf({ pixels, size }: Pick<Examples, "pixels" | "size">, views: number): Generator<Uint8Array> {
  for (const view of VIEWS.slice(1, views)) yield viewed(pixels, size, view);
}

/** Images [n, size, size, 3] as one view shows them; what is uncovered repeats the edge. */
function viewed(pixels: Uint8Array, size: number, { mirrored, right, down }: View): Uint8Array {
  const step = Math.max(1, Math.round(STEP * size));
  const result = new Uint8Array(pixels.length);
  const within = (at: number) => Math.min(size - 1, Math.max(0, at));
  for (let image = 0; image < pixels.length; image += size * size * 3) {
    for (let y = 0; y < size; y++) {
      const row = image + within(y - down * step) * size * 3;
      for (let x = 0; x < size; x++) {
        const column = within(x - right * step);
        const from = row + (mirrored ? size - 1 - column : column) * 3;
        const to = image + (y * size + x) * 3;
        result[to] = pixels[from];
        result[to + 1] = pixels[from + 1];
        result[to + 2] = pixels[from + 2];
      }
    }
  }
  return result;
}
