import sharp from "sharp";
import { augment, type AugmentationPolicy, inWords } from "../../augment/mod.ts";
import type { Dataset } from "../../dataset/mod.ts";
import { type GridImage, ImageGrid } from "../../display/mod.ts";
import { Random } from "../../stats/mod.ts";
import { USUAL } from "./_scope.ts";

/** Pixels of a picture in the grid: sharp enough for screens with two pixels to a point. */
const THUMBNAIL = 128;

/** What is shown. */
export interface VariationOptions {
  /** The usual dozen by default. */
  readonly policies?: readonly AugmentationPolicy[];
  /** Pictures in a row, 8 by default: each of another class as far as there are. */
  readonly pictures?: number;
  /** Of the pictures and of what is drawn. 1 by default. */
  readonly seed?: number;
}

/** The same few development images, unchanged and varied by each policy: could each still be told for what it is? */
export async function variations(images: Dataset, options: VariationOptions = {}): Promise<ImageGrid> {
  const { policies = USUAL, pictures = 8, seed = 1 } = options;
  const shown = ofEachClass(images, pictures, seed);
  const pixels = await images.pixels(shown, { size: THUMBNAIL, keep: false });
  const row = async (label: string, values: Float32Array | Uint8Array) => ({
    label,
    images: await Promise.all(shown.map((image, i) => picture(images, image, values, i, label))),
  });
  return new ImageGrid({
    title: "Training images, unchanged and varied",
    alt: `${shown.length} training images, unchanged and as varied by ${policies.map(({ name }) => name).join(", ")}`,
    rows: [
      await row("unchanged", pixels),
      ...await Promise.all(policies.map((policy) =>
        row(
          `${policy.name}: ${inWords(policy)}`,
          augment(pixels, THUMBNAIL, policy, new Random(`${seed}/variations/${policy.name}`)),
        )
      )),
    ],
  });
}

/** Classes take turns, so that a row shows as many as it can. */
function ofEachClass({ classes, development, records }: Dataset, most: number, seed: number): number[] {
  const random = new Random(`${seed}/variations`);
  const byClass = new Map(random.shuffled(classes.keys()).map((label) => [label, [] as number[]]));
  for (const image of random.shuffled(development)) byClass.get(records[image].label)!.push(image);
  const rounds = Math.max(...[...byClass.values()].map((list) => list.length));
  const turns = Array.from(
    { length: rounds },
    (_, turn) => [...byClass.values()].flatMap((list) => list.slice(turn, turn + 1)),
  );
  return turns.flat().slice(0, most);
}

async function picture(
  { classes, records }: Dataset,
  image: number,
  values: Float32Array | Uint8Array,
  i: number,
  how: string,
): Promise<GridImage> {
  const stride = THUMBNAIL * THUMBNAIL * 3;
  const bytes = Uint8ClampedArray.from(values.subarray(i * stride, (i + 1) * stride));
  const raw = { width: THUMBNAIL, height: THUMBNAIL, channels: 3 } as const;
  const src = await sharp(bytes, { raw }).jpeg({ quality: 85 }).toBuffer();
  return {
    src: new Uint8Array(src),
    mime: "image/jpeg",
    alt: `${classes[records[image].label]}, ${how}: ${records[image].path}`,
  };
}
