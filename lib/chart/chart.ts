import type { TopLevelSpec } from "vega-lite";
import {
  bundle,
  type Displayable,
  escapeTerminal,
  jupyterDisplay,
  type MimeBundle,
  type ResultRecord,
  terminalInspect,
} from "../display/mod.ts";
import { renderSvg } from "./_render.ts";

/** What every chart function takes beside its data. */
export interface ChartOptions {
  /** Stable name, unique within a notebook, as "learning-curves". */
  readonly id?: string;
  /** What the chart shows, in place of the default. */
  readonly title?: string;
  /** Figures and tables that go into the report with the chart. */
  readonly record?: Pick<ResultRecord, "figures" | "tables" | "findings" | "footer">;
}

/** The MIME type of a specification that JupyterLab and VS Code draw themselves. */
export const VEGALITE_MIME = "application/vnd.vegalite.v5+json";

/** A chart that shows itself: interactive where the front end knows Vega-Lite, else as a picture, else in words. */
export class Chart implements Displayable {
  readonly id: string;
  readonly title: string;
  /** What is to be seen, with its numbers, in a sentence or two. */
  readonly alt: string;
  /** Vega-Lite, within version 5. */
  readonly spec: TopLevelSpec;
  readonly #record: ChartOptions["record"];

  constructor(parts: {
    readonly id: string;
    readonly title: string;
    readonly alt: string;
    readonly spec: TopLevelSpec;
    readonly record?: ChartOptions["record"];
  }) {
    this.id = parts.id;
    this.title = parts.title;
    this.alt = parts.alt;
    this.spec = parts.spec;
    this.#record = parts.record;
  }

  /** The chart as a picture: transparent, its text in the colour of the text around it. */
  async svg(): Promise<string> {
    return (await renderSvg(this.spec, this.title, this.alt)).svg;
  }

  /** What the chart says in data, for the report. */
  record(): ResultRecord {
    return { ...this.#record, chart: { id: this.id, title: this.title, alt: this.alt } };
  }

  text(): string {
    return `${escapeTerminal(this.title)}\n${escapeTerminal(this.alt)}`;
  }

  async [jupyterDisplay](): Promise<MimeBundle> {
    return bundle({
      text: this.text(),
      record: this.record(),
      extra: { [VEGALITE_MIME]: this.spec, "image/svg+xml": await this.svg() },
    });
  }

  [terminalInspect](): string {
    return this.text();
  }
}
