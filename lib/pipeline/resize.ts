import { PipelineError } from "./errors.ts";

/** A decoded picture: RGB bytes [height, width, 3]. */
export interface Picture {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Lobes of the kernel: so many pixels of the smaller scale to either side have a say. */
export const LOBES = 3;

/**
 * Where the kernel is as good as 1. The exported graph has no other way to leave out 0 / 0, and both must do the same.
 */
export const NEAREST = 1e-3;

/**
 * Brings a picture to size x size RGB bytes as training images were brought there: the shorter side fits, the longer one
 * is cut evenly at both ends, and each new pixel is Lanczos' weighted mean (three lobes, widened when scaling down so that
 * nothing is skipped) of those around its centre. A picture of that size already stays as it is, bit for bit.
 *
 * It is written as two matrix products, columns and rows, because that is what the exported ONNX file does: Plateau
 * predicts through the operator that it exports. Training pixels come from sharp, whose kernel this is.
 *
 * @throws PipelineError where the picture has no pixels, or other than it says.
 *
 * Duchon (1979), Lanczos filtering in one and two dimensions. Journal of Applied Meteorology 18, 1016–1022.
 */
export function squared({ pixels, width, height }: Picture, size: number): Uint8Array {
  if (width < 1 || height < 1 || pixels.length !== width * height * 3) {
    throw new PipelineError(
      `Cannot scale a picture: ${width} x ${height} pixels take ${width * height * 3} bytes, got ${pixels.length}`,
    );
  }
  if (width === size && height === size) return pixels.slice();
  const side = Math.min(width, height);
  const down = weights(height, side, size), across = weights(width, side, size);
  // Columns first cut to what the rows will read: nothing of what is cut away is computed.
  const line = width * 3;
  const rows = new Float64Array(size * line);
  for (let y = 0; y < size; y++) {
    const { first, values } = down[y];
    values.forEach((weight, k) => {
      const from = (first + k) * line, to = y * line;
      for (let x = 0; x < line; x++) rows[to + x] += weight * pixels[from + x];
    });
  }
  const out = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const { first, values } = across[x];
      let red = 0, green = 0, blue = 0;
      for (let k = 0, at = y * line + first * 3; k < values.length; k++, at += 3) {
        red += values[k] * rows[at];
        green += values[k] * rows[at + 1];
        blue += values[k] * rows[at + 2];
      }
      const to = (y * size + x) * 3;
      out[to] = byte(red);
      out[to + 1] = byte(green);
      out[to + 2] = byte(blue);
    }
  }
  return out;
}

/** Old pixels that one new pixel is made of, along one axis, and how much of each. */
interface Weights {
  readonly first: number;
  readonly values: Float64Array;
}

/** For each of `size` new pixels along an axis of `length`, of which the middle `side` are shown. */
function weights(length: number, side: number, size: number): Weights[] {
  const scale = side / size, reach = Math.max(1, scale), offset = (length - side) / 2;
  return Array.from({ length: size }, (_, i) => {
    const centre = offset + (i + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.ceil(centre - LOBES * reach)),
      last = Math.min(
        length - 1,
        Math.floor(centre + LOBES * reach),
      );
    const values = Float64Array.from({ length: last - first + 1 }, (_, k) => lanczos((first + k - centre) / reach));
    const total = values.reduce((sum, value) => sum + value, 0);
    return { first, values: values.map((value) => value / total) };
  });
}

function lanczos(distance: number): number {
  const x = Math.abs(distance);
  if (x >= LOBES) return 0;
  const angle = Math.PI * Math.max(NEAREST, x);
  return LOBES * Math.sin(angle) * Math.sin(angle / LOBES) / angle ** 2;
}

/** Half goes up, as in the exported graph. */
function byte(value: number): number {
  return Math.min(255, Math.max(0, Math.floor(value + 0.5)));
}
