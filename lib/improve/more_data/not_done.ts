import { ChartedResult, finding } from "../../diagnose/mod.ts";
import { type Figure, type FindingRecord, Group, type Shown, type Table } from "../../display/mod.ts";

/** Stands where a result would be: it says why there is none. */
export class NotDone extends ChartedResult {
  readonly #why: FindingRecord;

  constructor(why: { readonly code: string; readonly sentence: string; readonly remedy: string }) {
    super();
    this.#why = finding({ ...why, severity: "info" });
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
