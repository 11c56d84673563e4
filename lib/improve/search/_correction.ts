import { accuracyInterval, type Interval, selectBest } from "../../stats/mod.ts";

/** What of the images decides which belong together; `Dataset` is one. */
interface GroupedImages {
  readonly grouped: boolean;
  readonly records: readonly { readonly group: string }[];
}

/**
 * The best trial's own accuracy, and the one to expect with the choice accounted for: the bootstrap bias correction over
 * what every trial said at the last rung it reached. An image that several splits measured counts as one draw, with its
 * whole group where groups are known.
 *
 * @param tried By trial, in the order of `measured`.
 * @param measured Images; one may be there several times.
 */
export function corrected(
  tried: readonly { readonly correct: readonly boolean[] }[],
  winner: number,
  measured: readonly number[],
  images: GroupedImages,
  seed: number,
): { readonly winning: Interval; readonly corrected: Interval } {
  const groups = measured.map((image) => images.grouped ? images.records[image].group : `image ${image}`);
  const n = new Set(measured).size;
  const counted = ({ groups: units, ...interval }: Interval): Interval => ({
    ...interval,
    n,
    ...(images.grouped ? { groups: units } : { method: interval.method.replace("over groups", "over images") }),
  });
  return {
    winning: counted(accuracyInterval({ correct: tried[winner].correct, groups, seed })),
    corrected: counted(selectBest({ correct: tried.map(({ correct }) => correct), groups, seed }).accuracy),
  };
}
