import { bootstrapInterval, foldCorrection, type Interval } from "../../stats/mod.ts";
import { groupsOf, type LabelledImages } from "../images.ts";

/** What was measured, and of what. */
interface Measured {
  readonly images: readonly number[];
  readonly folds: number;
  readonly dataset: Pick<LabelledImages, "grouped" | "records">;
  readonly seed: number;
}

/**
 * By how much the second's balanced accuracy (the mean over classes of the share right) is above the first's, on the
 * same images: a bootstrap over images or groups, widened for folds, whose training sets share images (Nadeau and Bengio
 * 2003).
 */
export function balancedDifference(a: readonly boolean[], b: readonly boolean[], measured: Measured): Interval {
  const { images, folds, dataset, seed } = measured;
  const labels = images.map((image) => dataset.records[image].label);
  const classes = Math.max(...labels) + 1;
  const interval = bootstrapInterval((drawn) => {
    const sums = new Float64Array(classes), counts = new Float64Array(classes);
    for (const i of drawn) {
      sums[labels[i]] += Number(b[i]) - Number(a[i]);
      counts[labels[i]]++;
    }
    const means = Array.from(sums, (sum, k) => sum / counts[k]).filter((mean) => !Number.isNaN(mean));
    return means.reduce((all, mean) => all + mean, 0) / means.length;
  }, { n: images.length, groups: groupsOf(dataset, images), method: "percentile", seed });
  if (folds === 1) return interval;
  const wider = Math.sqrt(foldCorrection(folds));
  const { estimate, low, high, method } = interval;
  return {
    ...interval,
    low: Math.max(-1, estimate - wider * (estimate - low)),
    high: Math.min(1, estimate + wider * (high - estimate)),
    method: `${method}, widened for ${folds} folds, approximate`,
  };
}
