import type { Fold } from "../../dataset/mod.ts";

/** A value of one hyperparameter. */
export type Setting = number | string;

/** One trial's hyperparameters, by name. */
export type Settings = Readonly<Record<string, Setting>>;

/** Where one hyperparameter is searched. */
export type Parameter =
  & {
    readonly name: string;
    /** For people: "Learning rate". */
    readonly label: string;
    /** Why it is searched there, in a few words. */
    readonly why: string;
  }
  & (
    /** Drawn evenly on a logarithmic scale, rounded to two digits. */
    | { readonly kind: "log"; readonly low: number; readonly high: number }
    /** One of these. Numbers have an order, names have none. */
    | { readonly kind: "choice"; readonly values: readonly Setting[] }
  );

/** One training that the search asks for. */
export interface TrialJob {
  readonly settings: Settings;
  readonly epochs: number;
  /** Trains on `fold.train`, measures on `fold.validation`. */
  readonly fold: Fold;
  /** For progress: "trial 3, split 1". */
  readonly label: string;
}

/** What a training gave. */
export interface TrialOutcome {
  /** [n, K], row by row, in the order of `fold.validation`. */
  readonly probabilities: Float32Array;
  /** Training loss by epoch. */
  readonly losses: readonly number[];
  /** Seconds it took when it was trained. */
  readonly seconds: number;
}

/** Trains the jobs, or takes their outcomes from where they are kept; one for each, in order. */
export type Evaluate = (jobs: readonly TrialJob[]) => Promise<readonly TrialOutcome[]>;
