import type { AuditSource } from "../../dataset/mod.ts";
import type { FindingRecord } from "../../display/mod.ts";

/** Looks at what an audit saw; says what it found, good or bad. */
export type LookingRule = (source: AuditSource) => FindingRecord[] | Promise<FindingRecord[]>;

/** Two sets of images that should look alike. */
export interface Sides {
  /** Stable name: "test" or "validation". */
  readonly name: string;
  /** What the second is called in a sentence: "test images". */
  readonly images: string;
  /** The same as what one decides on: "the test set". */
  readonly set: string;
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/** Fewer images than that on a side say nothing about a shift; more than the other tell nothing new. */
const FEWEST = 20;
const MOST = 3000;

/**
 * The sides that are compared: the sealed test set, and the validation folder where there is one, with the training
 * images. A validation folder of another kind must not make the test images look odd.
 */
export function sidesOf({ dataset, sealed }: AuditSource): Sides[] {
  const { development, records } = dataset;
  const validation = development.filter((i) => records[i].part === "val");
  const training = development.filter((i) => records[i].part !== "val");
  const all: Sides[] = [
    { name: "test", images: "test images", set: "the test set", a: training, b: sealed },
    {
      name: "validation",
      images: "images of the validation folder",
      set: "the validation part",
      a: training,
      b: validation,
    },
  ];
  return all.filter(({ a, b }) => a.length >= FEWEST && b.length >= FEWEST)
    .map((sides) => ({ ...sides, a: thinned(sides.a, MOST), b: thinned(sides.b, MOST) }));
}

/** At most `most` of the images, evenly spread over them. */
export function thinned(images: readonly number[], most: number): readonly number[] {
  if (images.length <= most) return images;
  return Array.from({ length: most }, (_, i) => images[Math.floor(i * images.length / most)]);
}
