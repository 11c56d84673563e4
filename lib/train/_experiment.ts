import { createHash } from "node:crypto";
import type { Dataset } from "../dataset/mod.ts";
import type { ModelSpec } from "../model/mod.ts";
import type { Parts } from "./_parts.ts";
import type { TrainingConfig } from "./types.ts";

/** Raise it when training changes in a way that the rest of the hash does not show: old runs are then trained again. */
const TRAINING_VERSION = 2;

/**
 * Names an experiment: equal ids mean equal bits. What counts is the content of the training and validation images, in
 * order, with their labels; which of them early stopping goes by; the model; the training configuration; and the engine
 * with version and threads. File names and the sealed test set do not count.
 */
export function experimentId(
  dataset: Dataset,
  { fold, inner }: Parts,
  model: ModelSpec,
  config: TrainingConfig,
  engine: string,
): string {
  const content = (indices: readonly number[]) =>
    indices.map((i) => `${dataset.records[i].hash}:${dataset.records[i].label}`);
  return sha256(canonicalJson({
    version: TRAINING_VERSION,
    size: dataset.size,
    classes: dataset.classes,
    train: content(fold.train),
    validation: content(fold.validation),
    inner: content(inner),
    model: { name: model.name, config: model.config },
    config,
    engine,
  }));
}

/** Hexadecimal SHA-256 of a text or bytes. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** JSON with sorted keys, so that the order in which a person writes options does not matter. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, part) =>
      part !== null && typeof part === "object" && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1))
        : part,
  );
}
