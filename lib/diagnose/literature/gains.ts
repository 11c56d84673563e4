import type { LiteratureRow, MethodKind } from "./types.ts";

/** By how much one kind of method is ahead of another on one data set with the same number of training images. */
export interface PublishedGain {
  readonly dataset: string;
  readonly classes: number;
  readonly imagesPerClass: number;
  /** Median of the rows of each kind, and how many they are. */
  readonly from: { readonly accuracy: number; readonly rows: number };
  readonly to: { readonly accuracy: number; readonly rows: number };
  /** `to` minus `from`, a difference of shares. */
  readonly gain: number;
  /** Whether both are from one publication, and so from one protocol. */
  readonly together: boolean;
}

/** Images per class that differ by less than this count as the same. */
const SAME = 1.1;

/**
 * Gains between kinds of methods within data sets: the difference between data sets, which is the larger part of any
 * range, cancels out. Where one publication has both kinds, its rows alone count: different papers differ in much besides.
 * All of it is about other images, so this is a direction, not a measurement.
 *
 * @param rows Comparable ones.
 */
export function publishedGains(rows: readonly LiteratureRow[], from: MethodKind, to: MethodKind): PublishedGain[] {
  const settings = Map.groupBy(
    rows.filter((row) => row.imagesPerClassTrain !== null && (row.methodKind === from || row.methodKind === to)),
    ({ dataset, classes }) => `${dataset}/${classes}`,
  );
  return [...settings.values()].flatMap((some) =>
    alike(some).flatMap((group): PublishedGain[] => {
      const split = (rows: readonly LiteratureRow[]) =>
        [from, to].map((kind) => rows.filter(({ methodKind }) => methodKind === kind));
      const hasBoth = (rows: readonly LiteratureRow[]) => split(rows).every(({ length }) => length > 0);
      if (!hasBoth(group)) return [];
      const together = [...Map.groupBy(group, ({ citation }) => JSON.stringify(citation)).values()].filter(hasBoth);
      const [low, high] = split(together.length > 0 ? together.flat() : group);
      const [before, after] = [low, high].map((list) => median(list.map(({ accuracy }) => accuracy)));
      return [{
        dataset: group[0].dataset,
        classes: group[0].classes,
        imagesPerClass: group[0].imagesPerClassTrain!,
        from: { accuracy: before, rows: low.length },
        to: { accuracy: after, rows: high.length },
        gain: after - before,
        together: together.length > 0,
      }];
    })
  );
}

/** Rows of one data set in groups of the same number of training images per class. */
function alike(rows: readonly LiteratureRow[]): LiteratureRow[][] {
  const groups: LiteratureRow[][] = [];
  for (const row of rows.toSorted((a, b) => a.imagesPerClassTrain! - b.imagesPerClassTrain!)) {
    const last = groups.at(-1);
    if (last && row.imagesPerClassTrain! < SAME * last[0].imagesPerClassTrain!) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}
