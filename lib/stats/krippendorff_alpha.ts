import { sum } from "./_moments.ts";
import { StatsError } from "./errors.ts";

/**
 * Agreement beyond chance of any number of raters on nominal classes, where not everybody rated everything: 1 − observed
 * disagreement / expected disagreement. 1 is full agreement, 0 is as much as chance would give. NaN where all answers
 * are one class.
 *
 * @param ratings [raters, n] The class that each rater gave each image, null where none. Images with fewer than two
 *   answers say nothing of agreement and are left out.
 * @throws {StatsError} On rows of different lengths, or where no image has two answers.
 *
 * Krippendorff (2011), Computing Krippendorff's alpha-reliability. University of Pennsylvania, section C.
 */
export function krippendorffAlpha(ratings: readonly (readonly (number | string | null)[])[]): number {
  const n = ratings[0]?.length ?? 0;
  ratings.forEach((row, rater) => {
    if (row.length === n) return;
    throw new StatsError(`Cannot tell agreement: every rater needs ${n} entries, rater ${rater} has ${row.length}`);
  });
  const totals = new Map<number | string, number>();
  let pairable = 0, agreement = 0;
  for (let image = 0; image < n; image++) {
    const answers = new Map<number | string, number>();
    for (const row of ratings) {
      const answer = row[image];
      if (answer !== null) answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
    const given = sum([...answers.values()]);
    if (given < 2) continue;
    pairable += given;
    for (const [answer, count] of answers) {
      totals.set(answer, (totals.get(answer) ?? 0) + count);
      agreement += count * (count - 1) / (given - 1);
    }
  }
  if (pairable === 0) throw new StatsError("Cannot tell agreement: no image has answers of two raters");
  const expected = sum([...totals.values()].map((total) => total * (total - 1))) / (pairable - 1);
  return 1 - (pairable - agreement) / (pairable - expected);
}
