/** One image as the diagnoses see it; `ImageRecord` of `lib/dataset` is one. */
export interface LabelledImage {
  readonly label: number;
  /** What must never be split across training and validation. */
  readonly group: string;
}

/** What images are of and which belong together; `Dataset` of `lib/dataset` is one. */
export interface LabelledImages {
  /** Class names, K. */
  readonly classes: readonly string[];
  /** Whether groups are known. */
  readonly grouped: boolean;
  readonly records: readonly LabelledImage[];
}

/** Labelled images whose pixels can be read; `Dataset` of `lib/dataset` is one. */
export interface ReadableImages extends LabelledImages {
  readonly name: string;
  /** Height and width of the decoded pixels. */
  readonly size: number;
  /** Indices of the images that are not in the sealed test set, in a fixed order. */
  readonly development: readonly number[];
  /** RGB bytes [indices.length, size, size, 3]. */
  pixels(indices: readonly number[]): Promise<Uint8Array>;
}

/** The groups of these images, or undefined where none are known: what `lib/stats` wants to be told. */
export function groupsOf({ grouped, records }: Pick<LabelledImages, "grouped" | "records">, images: readonly number[]) {
  return grouped ? images.map((i) => records[i].group) : undefined;
}
