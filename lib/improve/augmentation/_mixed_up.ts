import type { Dataset } from "../../dataset/mod.ts";
import type { Run } from "../../train/mod.ts";
import { predictedClasses } from "../../diagnose/mod.ts";

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
  without: readonly Run[],
  varied: readonly Run[],
  images: Pick<Dataset, "classes" | "records">,
): MixedUp | null {
  const K = images.classes.length;
  const [before, after] = [without, varied].map((runs) => mutualMistakes(runs, images));
  let most = -1;
  for (let pair = 0; pair < K * K; pair++) {
    const rise = after[pair] - before[pair];
    if (rise > 0 && (most < 0 || rise > after[most] - before[most])) most = pair;
  }
  if (most < 0) return null;
  const [a, b] = [Math.floor(most / K), most % K];
  const of = without.reduce(
    (sum, { fold }) => sum + fold.validation.filter((i) => [a, b].includes(images.records[i].label)).length,
    0,
  );
  return { classes: [images.classes[a], images.classes[b]], before: before[most], after: after[most], of };
}

/** [K, K] Above the diagonal: images of either class taken for the other. */
function mutualMistakes(runs: readonly Run[], { classes, records }: Pick<Dataset, "classes" | "records">): Int32Array {
  const K = classes.length;
  const counts = new Int32Array(K * K);
  for (const { fold, probabilities } of runs) {
    predictedClasses(probabilities, K).forEach((said, i) => {
      const label = records[fold.validation[i]].label;
      if (said >= 0 && said !== label) counts[Math.min(said, label) * K + Math.max(said, label)]++;
    });
  }
  return counts;
}
