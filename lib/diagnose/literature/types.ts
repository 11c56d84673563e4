/**
 * What was done with the images:
 *
 * - `from-scratch`: a network that has seen no other images;
 * - `linear-probe`: frozen features of a network trained on other images, and a linear classifier on them;
 * - `fine-tuned`: such a network, trained further;
 * - `classic`: no network, or one without learned filters;
 * - `human`: people;
 * - `best`: the highest that was found, by whatever means.
 */
export const METHOD_KINDS = ["from-scratch", "linear-probe", "fine-tuned", "classic", "human", "best"] as const;
export type MethodKind = (typeof METHOD_KINDS)[number];

/** What the number is. Balanced accuracy is what papers also call mean per-class accuracy. */
export const METRICS = ["accuracy", "balanced accuracy", "top-5 accuracy"] as const;
export type Metric = (typeof METRICS)[number];

/** Where a number was published. */
export interface Citation {
  /** Family names, as "Barz, Denzler". */
  readonly authors: string;
  readonly title: string;
  readonly year: number | null;
  readonly venue: string | null;
  /** http or https. */
  readonly url: string | null;
}

/** One published accuracy. */
export interface LiteratureRow {
  readonly dataset: string;
  /** K, at least 2. */
  readonly classes: number;
  /** As a person would say it: "32x32 RGB", "variable RGB". */
  readonly imageSize: string;
  /** Height and width that the method sees; null where it varies or is not known. */
  readonly pixels: number | null;
  readonly trainImages: number | null;
  readonly testImages: number | null;
  /** Training images per class: what rows are compared by. Null where it is not known. */
  readonly imagesPerClassTrain: number | null;
  readonly method: string;
  readonly methodKind: MethodKind;
  /** A share from 0 to 1. */
  readonly accuracy: number;
  readonly metric: Metric;
  /** Whether a setting or an epoch was chosen by the score itself, which flatters it. */
  readonly optimistic: boolean;
  /** Whether images or classes of the data set are known to be among those it was pre-trained on. */
  readonly overlap: boolean;
  readonly note: string | null;
  readonly citation: Citation;
  /** Where the number was read; null for a person's own rows that don't say. */
  readonly verifiedAt: string | null;
  /** Name of the file that a person's own row is from; null for those that come with the workbench. */
  readonly file: string | null;
}

/** A public data set that a folder may be a copy of. */
export interface KnownDataset {
  readonly dataset: string;
  readonly classes: number;
  /** Other names of it, lower case, letters and digits only. */
  readonly aliases: readonly string[];
}

/** A published observation that a diagnosis may cite. */
export interface Fact {
  readonly id: string;
  /** What it is about, as "learning-curve". */
  readonly rule: string;
  /** One sentence or two, ending in a full stop. */
  readonly fact: string;
  readonly citation: string;
  readonly url: string | null;
  readonly verifiedAt: string;
}

/** What rows are compared with: the data set at hand. */
export interface Setting {
  /** K. */
  readonly classes: number;
  /** Images that a model trains on, per class. */
  readonly imagesPerClass: number;
  /** Height and width that a model sees. */
  readonly pixels: number;
}
