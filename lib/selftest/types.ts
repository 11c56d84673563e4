import type { ValidationSplit } from "../diagnose/mod.ts";
import type { ModelSpec } from "../model/mod.ts";
import type { Random } from "../stats/mod.ts";
import type { FedBatch, TrainingConfig } from "../train/mod.ts";
import type { Draft } from "./draft.ts";

/** A diagnosis as a person's report makes it: the audit of the data, the lint, a training's verdict, label errors. */
export type Look = "audit" | "lint" | "training" | "labels";

/** How a person would train. */
export interface Setting {
  readonly model: ModelSpec;
  readonly config: TrainingConfig;
  /** What the person says the loss is, where it is none that `config` knows. */
  readonly loss?: string;
  readonly validationSplit?: ValidationSplit;
  /** What the person's own code makes of a batch before the model gets it. */
  readonly feed?: (batch: FedBatch) => FedBatch;
}

/** One mistake that people make, how to make it on purpose, and the findings that name it. */
export interface Fault {
  /** In kebab-case, as "labels-shuffled". */
  readonly name: string;
  /** What it does, as the rest of a sentence: "a fifth of the labels is shuffled". */
  readonly what: string;
  /** The diagnoses that are asked. */
  readonly looks: readonly Look[];
  /** Codes of findings, any of which counts as having found it. */
  readonly expects: readonly string[];
  /** Changes the copy of the data set. */
  readonly plantData?: (draft: Draft, random: Random) => void | Promise<void>;
  /** Changes how it is trained. */
  readonly plantSetting?: (setting: Setting, random: Random) => Setting;
}
