/** An estimate with its uncertainty. Estimates never stand alone: where one is shown, so are its bounds and `n`. */
export interface Interval {
  /** The estimate itself, in the metric's own unit (accuracies are shares from 0 to 1). */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Confidence level, as 0.95. */
  readonly level: number;
  /** How the bounds were made, in words: "Wilson", "bootstrap over groups". */
  readonly method: string;
  /** Number of images behind the estimate. */
  readonly n: number;
  /** Number of independent groups behind it, where images come in groups. */
  readonly groups?: number;
}
