import { naturalPictures } from "./_pictures.ts";
import { type Backbone, BackboneError } from "./types.ts";

/** Different pictures: few, as a network may be large. */
const PICTURES = 3;

/**
 * Tries a backbone on a few made-up pictures.
 *
 * @returns What held, in sentences.
 * @throws BackboneError where its features are not finite, all the same, or the same for all pictures.
 */
export async function verify(backbone: Backbone, subject: string): Promise<string[]> {
  const wrong = (what: string) => new BackboneError(`Cannot use the backbone "${subject}": ${what}`);
  const { size, parts, dimensions } = backbone;
  const pictures = naturalPictures(PICTURES, size);
  const values = await backbone.features(pictures, PICTURES);
  for (const { tap, pooling, offset, length } of parts) {
    const rows = Array.from({ length: PICTURES }, (_, i) => {
      return values.subarray(i * dimensions + offset, i * dimensions + offset + length);
    });
    const what = `the ${pooling} features of its tap "${tap}" must`;
    if (!rows.every((row) => row.every(Number.isFinite))) {
      throw wrong(`${what} be finite numbers; tried on ${PICTURES} pictures, some are not`);
    }
    if (rows.some((row) => row.every((value) => Math.abs(value - row[0]) < 1e-6))) {
      throw wrong(`${what} differ from each other; tried on ${PICTURES} pictures, all ${length} are the same`);
    }
    if (rows.slice(1).every((row) => row.every((value, i) => Math.abs(value - rows[0][i]) < 1e-6))) {
      throw wrong(`${what} differ between images; tried on ${PICTURES} different pictures, they are the same`);
    }
  }
  const alone = await backbone.features(pictures.subarray(0, size * size * 3), 1);
  const together = values.subarray(0, dimensions);
  if (!alone.every((value, i) => Math.abs(value - together[i]) < 1e-3)) {
    throw wrong("the features of an image must not depend on the images beside it, they do");
  }
  return [
    `Its features are finite, differ between pictures and do not depend on the images beside one (tried on ` +
    `${PICTURES} made-up pictures).`,
  ];
}
