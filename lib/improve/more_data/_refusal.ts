import { formatCount, formatInterval, formatShare } from "../../display/mod.ts";
import type { Laws, Size } from "./_law.ts";

/** Fewer sizes than this carry no law with three unknowns. */
const FEWEST_SIZES = 6;

/** The bootstrap over fewer images (or groups) is too sure of itself. */
const FEWEST_MEASURED = 20;

/** A gain that is not known better than that, in either direction, helps nobody decide: most are smaller. */
const WIDEST = 0.06;

/** What is sure to be less than this hardly pays, which is worth knowing, too. */
export const LITTLE = 0.02;

/** What the law may be off at a size, though it be more than chance explains. */
const MOST_OFF = 0.03;

/**
 * Why a law through these sizes is not to be trusted, as the end of a sentence, the plainest reason first; null where it
 * is.
 */
export function refusal(
  sizes: readonly Size[],
  laws: Laws | null,
  groups: readonly string[] | undefined,
): string | null {
  const last = sizes.length - 1;
  if (sizes.length < FEWEST_SIZES || laws === null) {
    return `${sizes.length} ${sizes.length === 1 ? "size" : "sizes"} of training set ${
      sizes.length === 1 ? "was" : "were"
    } measured, and a law takes ${FEWEST_SIZES}`;
  }
  const measured = groups ? new Set(groups).size : sizes[0].correct[0].length;
  if (measured < FEWEST_MEASURED) {
    return `accuracy was measured on ${measured} ${groups ? "groups" : "images"}, and it takes ` +
      `${FEWEST_MEASURED} to know how far chance reaches`;
  }
  const { trained } = sizes[last];
  const all = laws.rise(0, last);
  if (all.low <= 0) {
    return `from ${formatCount(sizes[0].trained)} to ${formatCount(trained)} training images no rise can be ` +
      `told, ${formatInterval(all, "points")}`;
  }
  for (let to = 1; to <= last; to++) {
    for (let from = 0; from < to; from++) {
      const step = laws.rise(from, to);
      if (step.high >= 0) continue;
      return `the accuracy falls from ${formatCount(sizes[from].trained)} to ${formatCount(sizes[to].trained)} ` +
        `training images, ${formatInterval(step, "points")}, which no power law does`;
    }
  }
  for (const [at, size] of sizes.entries()) {
    const off = laws.residual(at);
    if (Math.abs(off.estimate) < MOST_OFF || (off.low <= 0 && off.high >= 0)) continue;
    return `with ${formatCount(size.trained)} training images the accuracy is ` +
      `${formatShare(Math.abs(off.estimate), { n: 1 }).replace("%", "points")} off any power law, more than chance ` +
      `explains`;
  }
  const twice = laws.gain(trained, 2 * trained);
  if (twice.high - twice.low > 2 * WIDEST) {
    return `the interval is too wide to decide anything by, ${formatInterval(twice, "points")} with twice as many`;
  }
  if (twice.low <= 0 && twice.high >= LITTLE) {
    return `with twice as many the law expects ${formatInterval(twice, "points")}, and 0 is among that`;
  }
  return null;
}
