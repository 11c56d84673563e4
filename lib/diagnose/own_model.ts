import type { Chart } from "../chart/mod.ts";
import type { Dataset, Fold } from "../dataset/mod.ts";
import { escapeHtml, escapeTerminal, type FindingView, type ResultRecord, Shown } from "../display/mod.ts";
import type { ModelSpec } from "../model/mod.ts";
import { fit, type Run, type TrainingConfig } from "../train/mod.ts";
import { compare, type Comparison } from "./compare.ts";
import { learningCurves, type Verdict } from "./learning_curves.ts";
import { lint } from "./lint/mod.ts";
import { ownSpec } from "./_own_spec.ts";
import { listed } from "./_words.ts";

const UNUSED = "No model of your own was given:";
const COMMAND = "deno task report --model FILE.ts";

/**
 * A person's own model: linted and, where that is possible, trained. Shows both; where no model was given, one line
 * says how to.
 */
export class OwnModel extends Shown {
  /** What the curves say; undefined where it was not trained. */
  readonly verdict: Verdict | undefined;

  constructor(
    readonly spec: ModelSpec | null,
    /** What the lint says. */
    readonly findings: FindingView | null,
    /** Null where it cannot be trained. */
    readonly run: Run | null,
    readonly dataset: Dataset,
    /** Codes of the faults that it cannot be trained with. */
    readonly fatal: readonly string[] = [],
  ) {
    super();
    this.verdict = run === null ? undefined : learningCurves(run, dataset);
  }

  /** Loss and accuracy against epoch; undefined, which shows nothing, where it was not trained. */
  curves(): Chart | undefined {
    return this.verdict?.chart();
  }

  /** Its run as a list, for charts beside others; empty where it was not trained. */
  get runs(): readonly Run[] {
    return this.run === null ? [] : [this.run];
  }

  /** Whether it is better than another model on the same images; undefined where it was not trained. */
  against(other: Run): Comparison | undefined {
    return this.run === null ? undefined : compare(other, this.run, this.dataset);
  }

  override html(): string {
    if (this.spec === null) return `<p class="plateau-note">${UNUSED} <code>${COMMAND}</code></p>`;
    return `<p class="plateau-note">${escapeHtml(this.#note())}</p>` + (this.run?.html() ?? "") + this.findings!.html();
  }

  override text(): string {
    if (this.spec === null) return `${UNUSED} ${COMMAND}`;
    return [escapeTerminal(this.#note()), ...(this.run ? [this.run.text()] : []), this.findings!.text()].join("\n\n");
  }

  override record(): ResultRecord | undefined {
    if (this.spec === null) return undefined;
    return { ...this.run?.record(), findings: this.findings!.findings };
  }

  #note(): string {
    const { description } = this.spec!;
    if (this.run !== null) return description;
    return `${description} It is not trained: ${listed(this.fatal)} must be mended first.`;
  }
}

/**
 * Loads a person's own model, lints it, and trains it where nothing speaks against it.
 *
 * @param path As `model.load` takes it; empty where there is none.
 * @param fold Trains on `fold.train`, measures on `fold.validation`.
 * @param config As `train.fit` takes it.
 * @throws ModelError naming the file that cannot be used, and why.
 * @throws Interrupted when the person stopped the training; finished runs are kept.
 */
export async function ownModel(
  path: string,
  dataset: Dataset,
  fold: Fold,
  config: Partial<TrainingConfig> = {},
): Promise<OwnModel> {
  if (path === "") return new OwnModel(null, null, null, dataset);
  const { spec, context, findings, fatal } = await ownSpec(path, dataset, config);
  if (fatal.length > 0) return new OwnModel(spec, findings, null, dataset, fatal);
  const run = await fit(spec, dataset, fold, config);
  return new OwnModel(spec, lint(spec, { ...context, run }), run, dataset);
}
