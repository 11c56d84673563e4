import { mean, sum } from "./_moments.ts";
import { StatsError } from "./errors.ts";

/**
 * Agreement beyond chance of any number of raters, as many for every image (for missing answers use
 * `krippendorffAlpha`). 1 is full agreement, 0 is as much as chance would give. NaN where all answers are one class.
 *
 * @param counts [n, K] How many raters put each image into each class.
 * @throws {StatsError} Without images, where fewer than 2 raters saw an image, or where their number differs.
 *
 * Fleiss (1971), Measuring nominal scale agreement among many raters. Psychological Bulletin 76, 378–382.
 */
export function fleissKappa(counts: readonly (readonly number[])[]): number {
  if (counts.length === 0) throw new StatsError("Cannot tell agreement: at least 1 image is needed, there are 0");
  const raters = sum(counts[0]);
  counts.forEach((row, image) => {
    if (row.length !== counts[0].length || row.some((count) => !(Number.isInteger(count) && count >= 0))) {
      throw new StatsError(
        `Cannot tell agreement: each image needs ${counts[0].length} whole counts, [${image}] differs`,
      );
    }
    if (sum(row) !== raters || raters < 2) {
      throw new StatsError(
        `Cannot tell agreement: each image needs the same 2 or more raters, image ${image} has ${sum(row)}`,
      );
    }
  });
  const observed = mean(
    counts.map((row) => (sum(row.map((count) => count * count)) - raters) / (raters * (raters - 1))),
  );
  const shares = counts[0].map((_, label) => sum(counts.map((row) => row[label])) / (counts.length * raters));
  const expected = sum(shares.map((share) => share * share));
  return (observed - expected) / (1 - expected);
}
