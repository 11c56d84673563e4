import type { Dataset } from "../dataset/mod.ts";
import type { FindingView } from "../display/mod.ts";
import { load, type ModelSpec } from "../model/mod.ts";
import { type TrainingConfig, trainingConfig } from "../train/mod.ts";
import { lint, type LintContext } from "./lint/mod.ts";

/** Faults that training cannot get past: it needs an image in and one probability per class out. */
const FATAL = [
  "does-not-build",
  "wrong-input",
  "missing-flatten",
  "wrong-output",
  "too-deep",
  "loss-against-activation",
];

/** A person's own model, read and linted. */
export interface OwnSpec {
  readonly spec: ModelSpec;
  /** What it was linted with. */
  readonly context: LintContext;
  readonly findings: FindingView;
  /** Codes of the faults that it cannot be trained with; empty where it can. */
  readonly fatal: readonly string[];
}

/**
 * @param path As `model.load` takes it.
 * @param config As `train.fit` takes it.
 * @throws ModelError naming the file that cannot be used, and why.
 */
export async function ownSpec(path: string, dataset: Dataset, config: Partial<TrainingConfig>): Promise<OwnSpec> {
  const spec = await load(path, { size: dataset.size, classes: dataset.classes.length });
  const { inputRange: _, ...full } = trainingConfig(config);
  const context = { dataset, config: { ...full, ...config } };
  const view = lint(spec, context);
  const fatal = view.findings
    .filter(({ code, severity }) => severity === "error" && FATAL.includes(code)).map(({ code }) => code);
  return { spec, context, findings: view, fatal };
}
