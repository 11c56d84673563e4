import type { Chart } from "../chart/mod.ts";
import {
  type Displayable,
  type Figure,
  type FindingRecord,
  FindingView,
  jupyterDisplay,
  type MimeBundle,
  type Table,
  tableText,
  terminalInspect,
} from "../display/mod.ts";

/**
 * A diagnosis with a picture. As the last value of a cell it shows its chart, with its figures and its table for the
 * report; what it means in words is in `findings`, for a cell of its own.
 */
export abstract class ChartedResult implements Displayable {
  /** The picture, or null where there is nothing to draw: then the findings are shown instead. */
  abstract chart(): Chart | null;
  /** The numbers worth quoting. */
  abstract figures(): Figure[];
  abstract table(): Table;
  protected abstract list(): FindingRecord[];

  /** What it means, in words. */
  get findings(): FindingView {
    return new FindingView(this.list());
  }

  [jupyterDisplay](): MimeBundle | Promise<MimeBundle> {
    return (this.chart() ?? this.findings)[jupyterDisplay]();
  }

  [terminalInspect](): string {
    const words = this.findings.text();
    return this.chart() === null ? words : `${tableText(this.table())}\n\n${words}`;
  }
}
