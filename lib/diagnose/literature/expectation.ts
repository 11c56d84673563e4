import { chanceAdjusted } from "./chance_adjusted.ts";
import type { LiteratureRow, MethodKind } from "./types.ts";

/** What rows of one kind of method reach. */
export interface Expectation {
  readonly kind: MethodKind;
  readonly rows: readonly LiteratureRow[];
  /** Names of the data sets behind it. */
  readonly datasets: readonly string[];
  /** Lowest and highest of the rows. */
  readonly accuracy: readonly [number, number];
  readonly adjusted: readonly [number, number];
  readonly classes: readonly [number, number];
  /** Null for people, who were trained on none. */
  readonly imagesPerClass: readonly [number, number] | null;
  /** Rows whose settings were chosen by the score itself. */
  readonly optimistic: number;
}

/** Kinds in the order of what they cost. */
export const EXPECTED_KINDS = ["classic", "from-scratch", "linear-probe", "fine-tuned", "human"] as const;

/** The range that each kind of method spans, for the kinds that have rows. */
export function expectations(rows: readonly LiteratureRow[]): Expectation[] {
  return EXPECTED_KINDS.flatMap((kind) => {
    const some = rows.filter(({ methodKind }) => methodKind === kind);
    if (some.length === 0) return [];
    return [{
      kind,
      rows: some,
      datasets: [...new Set(some.map(({ dataset }) => dataset))],
      accuracy: range(some.map(({ accuracy }) => accuracy)),
      adjusted: range(some.map(({ accuracy, classes }) => chanceAdjusted(accuracy, classes))),
      classes: range(some.map(({ classes }) => classes)),
      imagesPerClass: kind === "human" ? null : range(some.map((row) => row.imagesPerClassTrain!)),
      optimistic: some.filter(({ optimistic }) => optimistic).length,
    }];
  });
}

function range(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
