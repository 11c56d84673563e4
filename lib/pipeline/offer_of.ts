import type { Dataset } from "../dataset/mod.ts";
import { predictionsOf } from "../diagnose/mod.ts";
import { type ModelSpec, portable } from "../model/mod.ts";
import type { Run } from "../train/mod.ts";
import { PipelineError } from "./errors.ts";
import type { Offer } from "./types.ts";

/**
 * What the runs of a cross-validation offer to the verdict: they were trained anyway.
 *
 * @param runs Of one model and one configuration, one for each fold.
 * @throws PipelineError for a model that is not there as data: it cannot be fitted again.
 */
export function offerOf(
  runs: readonly Run[],
  model: ModelSpec,
  images: Pick<Dataset, "classes" | "size">,
  about: Pick<Offer, "name" | "lever" | "notebook">,
): Offer {
  const { classes, size } = images;
  const { images: measured, probabilities, folds } = predictionsOf(runs, images);
  const [{ config }] = runs;
  const described = portable(model, { size: model.inputSize ?? size, classes: classes.length, seed: config.seed });
  if (described === null) throw new PipelineError(`Cannot offer ${model.name}: it cannot be built again from its data`);
  return {
    ...about,
    seconds: runs.reduce((sum, run) => sum + run.seconds, 0) / runs.length,
    recipe: { kind: "network", model: described, config },
    images: measured,
    probabilities,
    folds,
  };
}
