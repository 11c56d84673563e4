/**
 * What a displayed result says in data: beside its picture and text, each result carries one of these, and the report
 * collects them from the executed notebooks into `report.json`, the CSV tables and the index page. There is no other
 * channel between a notebook and a report.
 */
export interface ResultRecord {
  readonly figures?: readonly Figure[];
  readonly findings?: readonly FindingRecord[];
  readonly tables?: readonly Table[];
  /** A chart that the index page may show, by the id of its display. */
  readonly chart?: { readonly id: string; readonly title: string; readonly alt: string };
  /** What models said of images, kept for the next report. */
  readonly judged?: readonly Judged[];
  /** Lines for the report's footer: engine, versions, threads, fallbacks, reads of the sealed test set. */
  readonly footer?: Readonly<Record<string, string>>;
}

/** What a model said of images that it was not trained on; images go by content, so that a later report finds them again. */
export interface Judged {
  /** Stable name, as "small-cnn". */
  readonly name: string;
  /** How many models said it: 1 for a hold-out, k for the left-out parts of k folds. */
  readonly folds: number;
  /** [n] SHA-256 of each image's file, hexadecimal. */
  readonly images: readonly string[];
  /** [n] Whether each is classified right. */
  readonly correct: readonly boolean[];
}

/** One number worth quoting. */
export interface Figure {
  /** Stable name, as "thread-cnn.validation-accuracy". */
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  /** `share` runs from 0 to 1 and is shown in per cent; `points` are differences of shares. */
  readonly unit: "share" | "points" | "count" | "epoch" | "seconds" | "number";
  /** Images (and groups) behind the number. */
  readonly n?: number;
  readonly groups?: number;
  /** How the interval was made. */
  readonly method?: string;
  /** An effect that is extrapolated and not measured. */
  readonly predicted?: boolean;
  /** Shown at the top of the index page. */
  readonly key?: boolean;
  /** A rung of the accuracy ladder, the one chart that has everything: what the accuracy is of. */
  readonly rung?: Rung;
  /**
   * What the rung is of, in a word or two, as "thread-cnn" or "Colour histogram": its name on the ladder. Of several
   * accuracies of one thing, the ladder shows the one measured on most images.
   */
  readonly of?: string;
}

/** What an accuracy on the ladder is of. */
export type Rung = "chance" | "baseline" | "model" | "literature" | "human";

export type Severity = "error" | "warning" | "info" | "good";

/** What a diagnosis says. */
export interface FindingRecord {
  /** Stable name, as "overfitting" or "duplicates-across-splits". */
  readonly code: string;
  readonly severity: Severity;
  /** One plain sentence, numbers included. */
  readonly sentence: string;
  /** The numbers the sentence rests on. */
  readonly evidence: readonly Figure[];
  /** What to do about it, one sentence; empty for good news. */
  readonly remedy: string;
  /** What the remedy is measured to bring, in points, where it was measured. */
  readonly expectedGain?: Figure;
  /** Id of the chart of the same notebook that shows the evidence. */
  readonly chart?: string;
}

export interface Table {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
}

export interface Column {
  readonly key: string;
  readonly label: string;
  readonly unit?: Figure["unit"];
  /** Keys of an interval's bounds, which stand in the same cell; where data go on, they are columns of their own. */
  readonly bounds?: readonly [low: string, high: string];
}
