import type { GridImage } from "../display/mod.ts";
import type { LabelledImage, LabelledImages } from "./images.ts";

/** Labelled images that can be shown; `Dataset` of `lib/dataset` is one. */
export interface PicturedImages extends LabelledImages {
  readonly records: readonly (LabelledImage & { readonly path: string })[];
  /** An image cut to a square, encoded as JPEG. */
  thumbnail(index: number, px: number): Promise<Uint8Array>;
}

/** Sharp enough for screens with two pixels to a point. */
const THUMBNAIL = 128;

/** An image for a gallery. What it shows is its class and its path. */
export async function picture(dataset: PicturedImages, image: number, caption: string): Promise<GridImage> {
  const { label, path } = dataset.records[image];
  return {
    src: await dataset.thumbnail(image, THUMBNAIL),
    mime: "image/jpeg",
    alt: `${dataset.classes[label]}: ${path}`,
    caption,
  };
}

/** The first of each group first: seven drawings of one apple would say little about fruit. */
export function distinctGroupsFirst(dataset: LabelledImages, images: readonly number[]): number[] {
  const seen = new Set<string>();
  const first: number[] = [], later: number[] = [];
  for (const image of images) {
    const { group } = dataset.records[image];
    (seen.has(group) ? later : first).push(image);
    seen.add(group);
  }
  return [...first, ...later];
}
