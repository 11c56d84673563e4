import type { Dataset } from "../dataset/mod.ts";
import { escapeHtml, escapeTerminal, type ResultRecord, Shown } from "../display/mod.ts";
import { smallCnn } from "../model/mod.ts";
import { crossValidate, type Plan } from "../train/mod.ts";
import { CrossValidation, crossValidation } from "./cross_validation.ts";
import { ownPredictions } from "./imported/predictions.ts";
import { ownSpec } from "./_own_spec.ts";
import type { Predictions } from "./predictions.ts";
import { listed } from "./_words.ts";

/** The model whose mistakes the rest of a report looks into. Shows which one, and how good it is where it is new. */
export class Studied extends Shown {
  constructor(
    /** How good it is. */
    readonly validation: CrossValidation,
    /** Whether it is the person's: predictions from elsewhere, or a model trained here. */
    readonly isOwn: boolean,
    /** Which model, and why. */
    readonly sentence: string,
  ) {
    super();
  }

  /** Of each image by a model that was not trained on it. */
  get predictions(): Predictions {
    return this.validation.predictions;
  }

  /** To stand beside the workbench's own networks: empty where it is one of them. */
  get own(): readonly Predictions[] {
    return this.isOwn ? [this.predictions] : [];
  }

  override html(): string {
    return `<p class="plateau-note">${escapeHtml(this.sentence)}</p>` + (this.isOwn ? this.validation.html() : "");
  }

  override text(): string {
    return escapeTerminal(this.sentence) + (this.isOwn ? `\n\n${this.validation.text()}` : "");
  }

  override record(): ResultRecord | undefined {
    return this.isOwn ? this.validation.record() : undefined;
  }
}

/**
 * Which model to look into: the one whose predictions were brought from elsewhere, else the person's own model where it
 * can be trained, else the network that suits small data. What is trained here is cross-validated on the plan's folds,
 * so that notebooks share the runs.
 *
 * @param own Paths of the person's files; empty for none.
 * @throws DiagnosisError or ModelError naming a file that cannot be used, and why.
 * @throws Interrupted when the person stopped the training; finished runs are kept.
 */
export async function studied(
  own: { readonly modelPath: string; readonly predictionsPath: string },
  dataset: Dataset,
  plan: Plan,
  options: { readonly seed?: number } = {},
): Promise<Studied> {
  const { seed = 1 } = options;
  const brought = await ownPredictions(own.predictionsPath, dataset);
  if (brought !== null) {
    const sentence = `From here on it is about the predictions that you brought, ${brought.name}.`;
    return new Studied(crossValidation(brought, dataset, { seed }), true, [sentence, ...brought.notes].join(" "));
  }
  const folds = dataset.folds(plan.folds, { seed });
  let instead = "";
  if (own.modelPath !== "") {
    const { spec, fatal } = await ownSpec(own.modelPath, dataset, plan.plain(seed));
    if (fatal.length === 0) {
      const runs = await crossValidate(spec, dataset, folds, plan.plain(seed));
      const sentence = `From here on it is about your own model, ${spec.name}, cross-validated on the same folds.`;
      return new Studied(crossValidation(runs, dataset, { seed }), true, sentence);
    }
    instead = `Your own model, ${spec.name}, cannot be trained before ${listed(fatal)} is mended (notebook 03). `;
  }
  const runs = await crossValidate(smallCnn(), dataset, folds, plan.careful(seed));
  const sentence = `${instead}From here on it is about the small network's out-of-fold predictions.`;
  return new Studied(crossValidation(runs, dataset, { seed }), false, sentence);
}
