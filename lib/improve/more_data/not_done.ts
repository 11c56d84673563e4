import { ChartedResult, finding } from "../../diagnose/mod.ts";
import { type Figure, type FindingRecord, type FindingView, Group, type Shown, type Table } from "../../display/mod.ts";

/** Stands where a result would be: it says why there is none. */
export class NotDone extends ChartedResult {
  readonly #why: FindingRecord;

  readonly #told: boolean;

  /** @param options `told`: the report has it among its findings already, in other words. */
  constructor(
    why: { readonly code: string; readonly sentence: string; readonly remedy: string },
    options: { readonly told?: boolean } = {},
  ) {
    super();
    this.#told = options.told ?? false;
    this.#why = finding({ ...why, severity: "info" });
  }

  override get findings(): FindingView {
    return this.#told ? super.findings.asExample() : super.findings;
  }

  override chart(): null {
    return null;
  }

  override figures(): Figure[] {
    return [];
  }

  override table(): Table {
    return { id: "not-done", title: "", columns: [], rows: [] };
  }

  /** Nothing: why there is nothing was said in place of the chart. */
  details(): Shown {
    return new Group();
  }

  protected override list(): FindingRecord[] {
    return [this.#why];
  }
}
