import type { Dataset, Fold } from "../dataset/mod.ts";
import { limitedFold } from "./_limit.ts";
import type { TrainingConfig } from "./types.ts";

/** A fold as it is trained on, and what of its training part early stopping goes by: none where nothing stops early. */
export interface Parts {
  readonly fold: Fold;
  readonly inner: readonly number[];
}

/** What of a fold a configuration trains on and stops by. */
export function partsOf(dataset: Dataset, whole: Fold, config: TrainingConfig): Parts {
  const fold = limitedFold(dataset, whole, config);
  return { fold, inner: config.earlyStopping ? dataset.innerPart(fold, { seed: config.seed }) : [] };
}
