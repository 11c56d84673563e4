import type { EngineInfo, EngineReport } from "../../engine/mod.ts";
import type { PortableModel } from "../../model/mod.ts";
import { trainingConfig } from "../config.ts";
import type { DeadUnits, EpochMetrics, TrainingConfig } from "../types.ts";

/** One experiment to train, as plain data: a thread, a process or a machine that has the images can run it. */
export interface Job {
  /** The experiment's hash. */
  readonly id: string;
  /** Null where the model can only be built in the thread that made it. */
  readonly model: PortableModel | null;
  readonly config: TrainingConfig;
  readonly images: {
    /** Of the data set. */
    readonly fingerprint: string;
    /** Height and width that the model takes, in pixels. */
    readonly size: number;
    /** K. */
    readonly classes: number;
  };
  /** Indices of images in the data set. `watched` is what of `validation` is measured on after each epoch. */
  readonly parts: Readonly<Record<"training" | "validation" | "watched" | "inner", readonly number[]>>;
  /** What it must be trained with, as `EngineInfo` has it. */
  readonly engine: Pick<EngineInfo, "name" | "threads" | "layout" | "label">;
}

/** Decoded images, of which jobs name a part by index. */
export interface ImageTable {
  readonly fingerprint: string;
  /** Indices in the data set, one for each row. */
  readonly indices: Int32Array;
  /** RGB bytes [rows, size, size, 3]: memory that threads share. */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
  readonly size: number;
  readonly classes: number;
}

/** What training gave. */
export interface Outcome {
  readonly detail: Detail;
  /** Of `parts.validation`, [n, K], row by row. */
  readonly probabilities: Float32Array;
  /** All kept weights, one after the other. */
  readonly weights: Float32Array;
  /** Share of `parts.validation` that is classified right. */
  readonly accuracy: number;
  readonly seconds: number;
  /** What another thread or machine left to TensorFlow.js's plain JavaScript; where it is set, nobody has counted it yet. */
  readonly fallbacks?: EngineReport["fallbacks"];
  /** What it was trained with, where that is not what the job names: on a queue that allows any engine. */
  readonly engine?: string;
}

/** What of a run goes into the store as JSON. */
export interface Detail {
  readonly history: readonly EpochMetrics[];
  readonly keptEpoch: number;
  readonly parameters: number;
  readonly trainingAccuracy: number;
  readonly deadUnits: readonly DeadUnits[];
}

/**
 * Refuses a job that does not belong to these images, before anything is computed.
 *
 * @throws RangeError naming what does not fit.
 */
export function checkJob({ id, config, images, parts }: Job, table: ImageTable): void {
  const demand = (fine: boolean, rule: string) => {
    if (!fine) throw new RangeError(`Cannot train experiment ${id.slice(0, 12)}: ${rule}`);
  };
  trainingConfig(config);
  for (const what of ["fingerprint", "size", "classes"] as const) {
    demand(images[what] === table[what], `its ${what} must be ${images[what]}, the images have ${table[what]}`);
  }
  const there = new Set(table.indices);
  for (const [part, indices] of Object.entries(parts)) {
    const missing = indices.find((index) => !there.has(index));
    demand(missing === undefined, `image ${missing} of its ${part} part must be among those given`);
  }
  demand(parts.training.length > 0 && parts.validation.length > 0, "it must have images to train on and to validate");
}
