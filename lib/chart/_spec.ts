import type { TopLevelSpec } from "vega-lite";
import { Chart, type ChartOptions } from "./chart.ts";
import { textWidth } from "./_text_width.ts";
import { CHART_WIDTH, THEME } from "./theme.ts";

/** A chart without what all charts have in common. */
export interface ChartParts {
  readonly id: string;
  readonly title: string;
  /** A line below the title: how to read the chart. */
  readonly subtitle?: string;
  readonly alt: string;
  /** Where the title must keep within less than the width of a chart: the width of its views, axes included. */
  readonly width?: number;
  /** The views: everything of the specification but title, theme and schema. */
  readonly views: Readonly<Record<string, unknown>>;
}

/** Makes the chart, with the wishes of the caller. */
export function makeChart(parts: ChartParts, options: ChartOptions): Chart {
  const title = options.title ?? parts.title;
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    description: `${title}. ${parts.alt}`,
    title: {
      text: wrapped(title, 15, parts.width),
      ...(parts.subtitle === undefined ? {} : { subtitle: wrapped(parts.subtitle, 13, parts.width) }),
    },
    config: THEME,
    // Only SVG takes over the colour of the text around the chart.
    usermeta: { embedOptions: { renderer: "svg", actions: false } },
    ...parts.views,
  };
  return new Chart({
    id: options.id ?? parts.id,
    title,
    alt: parts.alt,
    // Assembled from parts, a specification is beyond what its type can follow; the tests compile each one.
    spec: spec as unknown as TopLevelSpec,
    record: options.record,
  });
}

/** Longest names: what is beside an axis leaves two thirds of the width to the chart. */
export const AXIS_CHARACTERS = 22;
export const LEGEND_CHARACTERS = 28;

/** Size of a single view whose axes belong to the width. */
export const FIT = { width: CHART_WIDTH, autosize: { type: "fit-x", contains: "padding" } } as const;

/** Breaks a text into lines that fit the width of a chart, or a given one. */
export function wrapped(text: string, fontSize: number, width: number = CHART_WIDTH): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer, fontSize) > width - 20) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** Cuts the names along an axis or in a legend to that many characters; tooltips have them in full. */
export function shortened(characters: number): { readonly labelExpr: string } {
  return { labelExpr: `truncate(datum.label, ${characters})` };
}

/** Columns of a legend that keeps within the width of a chart. */
export function legendColumns(labels: readonly string[]): number {
  const widest = Math.max(...labels.map((label) => textWidth(label.slice(0, LEGEND_CHARACTERS), 13))) + 40;
  return Math.max(1, Math.floor((CHART_WIDTH - 60) / widest));
}

/** The selection behind a legend whose entries can be clicked, and how marks follow it. */
export function legendHighlight(field: string): {
  readonly param: Readonly<Record<string, unknown>>;
  readonly opacity: Readonly<Record<string, unknown>>;
} {
  return {
    param: { name: "highlight", select: { type: "point", fields: [field] }, bind: "legend" },
    opacity: { condition: { param: "highlight", value: 1 }, value: 0.15 },
  };
}
