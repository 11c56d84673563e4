import type { Dataset } from "../../dataset/mod.ts";
import { predictedClasses } from "../../diagnose/mod.ts";
import type { MeasuredArm } from "../tune/ablation.ts";

/** Two classes that are taken for each other more often with a policy than without. */
export interface MixedUp {
  /** Names. */
  readonly classes: readonly [string, string];
  /** Images of both that are taken for the other: without the policy, and with it. */
  readonly before: number;
  readonly after: number;
  /** Images of both. */
  readonly of: number;
}

/** The two classes whose mutual mistakes rise most from one to the other; null where none do. */
export function mixedUp(
  without: MeasuredArm,
  varied: MeasuredArm,
  dataset: Pick<Dataset, "classes" | "records">,
): MixedUp | null {
  const { classes, records } = dataset;
  const K = classes.length;
  const before = mutualMistakes(without, dataset), after = mutualMistakes(varied, dataset);
  let most = -1;
  for (let pair = 0; pair < K * K; pair++) {
    const rise = after[pair] - before[pair];
    if (rise > 0 && (most < 0 || rise > after[most] - before[most])) most = pair;
  }
  if (most < 0) return null;
  const a = Math.floor(most / K), b = most % K;
  const of = without.images.filter((image) => [a, b].includes(records[image].label)).length;
  return { classes: [classes[a], classes[b]], before: before[most], after: after[most], of };
}

/** [K, K] Above the diagonal: images of either class taken for the other. */
function mutualMistakes(
  { images, probabilities }: MeasuredArm,
  { classes, records }: Pick<Dataset, "classes" | "records">,
): Int32Array {
  const K = classes.length;
  const counts = new Int32Array(K * K);
  predictedClasses(probabilities, K).forEach((said, i) => {
    const { label } = records[images[i]];
    if (said >= 0 && said !== label) counts[Math.min(said, label) * K + Math.max(said, label)]++;
  });
  return counts;
}
