import { Random } from "../../stats/mod.ts";

/**
 * Pictures with the colours and the coarse and fine structure that photographs have on average: an amplitude that falls
 * with the frequency, most of it in brightness. A network can be tried on them where no image is at hand.
 *
 * @returns RGB bytes [n, size, size, 3]; the same for the same n and size.
 */
export function naturalPictures(n: number, size: number): Uint8Array {
  const pixels = new Uint8Array(n * size * size * 3);
  for (let image = 0; image < n; image++) {
    const random = new Random(`pictures that look like photographs/${image}`);
    const planes = Array.from({ length: 3 }, () => cloud(random, size));
    // Brightness, blue against yellow, red against green, with deviations that photographs have in bytes.
    const [mean, light] = [random.normal() * 30, 48 + 12 * random.next()];
    const at = image * size * size * 3;
    for (let i = 0; i < size * size; i++) {
      const [y, b, r] = [mean + planes[0][i] * light, planes[1][i] * 14, planes[2][i] * 7];
      // ImageNet's mean colour.
      pixels[at + 3 * i] = clamped(124 + y - b + r);
      pixels[at + 3 * i + 1] = clamped(116 + y - b / 2 - r);
      pixels[at + 3 * i + 2] = clamped(104 + y + b * 1.5);
    }
  }
  return pixels;
}

/** Noise of mean 0 and deviation 1 whose amplitude falls with the frequency: octaves of interpolated random numbers. */
function cloud(random: Random, size: number): Float32Array {
  const plane = new Float32Array(size * size);
  for (let cells = 2; cells <= size; cells *= 2) {
    const stride = cells + 2;
    const grid = Float32Array.from({ length: stride * stride }, () => random.normal());
    const [dx, dy] = [random.next(), random.next()];
    for (let y = 0; y < size; y++) {
      const v = y / size * cells + dy, top = Math.floor(v), t = v - top;
      for (let x = 0; x < size; x++) {
        const u = x / size * cells + dx, left = Math.floor(u), s = u - left;
        const at = top * stride + left;
        plane[y * size + x] += (1 / cells) *
          ((grid[at] * (1 - s) + grid[at + 1] * s) * (1 - t) +
            (grid[at + stride] * (1 - s) + grid[at + stride + 1] * s) * t);
      }
    }
  }
  const mean = plane.reduce((sum, value) => sum + value, 0) / plane.length;
  const deviation = Math.sqrt(plane.reduce((sum, value) => sum + (value - mean) ** 2, 0) / plane.length);
  return plane.map((value) => (value - mean) / deviation);
}

function clamped(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
