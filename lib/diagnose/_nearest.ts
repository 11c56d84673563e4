import { THUMBNAIL_LENGTH } from "./_features.ts";

/** Neighbours asked. Fixed beforehand, so nothing is chosen on the validation images. */
export const NEIGHBOURS = 3;

/**
 * The class of most of the three nearest training pictures, by squared distance of pixels; where all three differ, that
 * of the nearest.
 *
 * @param thumbnails Pictures of all images [n, 768].
 * @param labels Class of each image; only those of `train` are looked at.
 * @param train Rows to look among.
 * @param row The row to classify.
 */
export function classOfNearest(
  thumbnails: Uint8Array,
  labels: Int32Array,
  train: Int32Array,
  row: number,
): number {
  const distances = new Array<number>(NEIGHBOURS).fill(Infinity);
  const nearest = new Array<number>(NEIGHBOURS).fill(-1);
  const own = row * THUMBNAIL_LENGTH;
  for (const other of train) {
    const limit = distances[NEIGHBOURS - 1];
    const distance = squaredDistance(thumbnails, own, other * THUMBNAIL_LENGTH, limit);
    if (distance >= limit) continue;
    let place = NEIGHBOURS - 1;
    for (; place > 0 && distances[place - 1] > distance; place--) {
      distances[place] = distances[place - 1];
      nearest[place] = nearest[place - 1];
    }
    distances[place] = distance;
    nearest[place] = other;
  }
  const classes = nearest.filter((neighbour) => neighbour >= 0).map((neighbour) => labels[neighbour]);
  const twice = classes.find((label, i) => classes.indexOf(label) !== i);
  return twice ?? classes[0];
}

/** Gives up, with some number of at least `limit`, as soon as the distance is known to reach it. */
function squaredDistance(pixels: Uint8Array, a: number, b: number, limit: number): number {
  let sum = 0;
  for (let start = 0; start < THUMBNAIL_LENGTH; start += 64) {
    for (let i = start; i < start + 64; i++) {
      const difference = pixels[a + i] - pixels[b + i];
      sum += difference * difference;
    }
    if (sum >= limit) return sum;
  }
  return sum;
}
