import type { Dataset, Fold } from "../dataset/mod.ts";
import type { ModelSpec } from "../model/mod.ts";
import { experimentId } from "./_experiment.ts";
import { type Parts, partsOf } from "./_parts.ts";
import { configFor } from "./config.ts";
import type { Job } from "./experiments/job.ts";
import { anyEngine, trainingEngine } from "./experiments/use_workers.ts";
import type { TrainingConfig } from "./types.ts";

/** An experiment as it would be trained now, and its name. */
export interface Planned {
  readonly id: string;
  readonly config: TrainingConfig;
  readonly parts: Parts;
  readonly engine: Job["engine"];
}

/** @throws RangeError for a configuration that cannot train. */
export function planned(model: ModelSpec, dataset: Dataset, fold: Fold, partial: Partial<TrainingConfig>): Planned {
  const config = configFor(model, partial);
  const parts = partsOf(dataset, fold, config);
  const engine = trainingEngine(model.source !== undefined);
  // What any machine may have trained must not be taken for what a certain engine gives.
  const isAny = anyEngine() && model.source !== undefined && model.source.from !== "file";
  return { id: experimentId(dataset, parts, model, config, isAny ? "any" : engine.label), config, parts, engine };
}
