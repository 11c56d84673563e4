import { formatInterval, formatValue } from "../display/mod.ts";
import { accuracyAxis, dotLayers, dotValues, type ScoreInterval } from "./_dots.ts";
import { AXIS_CHARACTERS, FIT, legendHighlight, makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { COLORS } from "./theme.ts";

/** The accuracy of one model under one kind of split. */
export interface SplitRow {
  readonly model: string;
  readonly by: "group" | "image";
  readonly interval: ScoreInterval;
}

const BY = { group: "Split by group", image: "Split by image" } as const;

/** What splitting by image instead of by group does to the accuracy of each model. */
export function splitComparison(rows: readonly SplitRow[], options: ChartOptions = {}): Chart {
  if (rows.length === 0) throw new ChartError("Cannot compare splits: there are no accuracies");
  const x = accuracyAxis(rows.map(({ interval }) => interval));
  const values = rows.map(({ model, by, interval }) => ({
    model,
    by: BY[by],
    ...dotValues(interval, x),
  }));
  const domain = [BY.group, BY.image];
  const { param, opacity } = legendHighlight("by");
  const shared = {
    y: {
      field: "model",
      type: "nominal",
      sort: null,
      title: null,
      scale: { paddingInner: 0.15 },
      axis: { ticks: false, domain: false, ...shortened(AXIS_CHARACTERS) },
    },
    yOffset: { field: "by", type: "nominal", scale: { domain, paddingOuter: 0.2 } },
    color: { field: "by", type: "nominal", title: null, scale: { domain, range: [COLORS.byGroup, COLORS.byImage] } },
    opacity,
  };
  const shape = { field: "by", type: "nominal", title: null, scale: { domain, range: ["circle", "triangle-up"] } };
  const layers = dotLayers(shared, x, shape, [
    { field: "model", title: "Model" },
    { field: "by", title: "Images" },
    { field: "text", title: "Accuracy" },
    { field: "n", title: "Images", format: ",d" },
  ]);
  return makeChart({
    id: "split-comparison",
    title: "Accuracy when images are split by group, and by image",
    subtitle: "Split by image, pictures of one thing are on both sides",
    alt: alternative(rows),
    views: {
      ...FIT,
      height: 72 * new Set(rows.map(({ model }) => model)).size,
      data: { values },
      layer: [{ ...layers[0], params: [param] }, ...layers.slice(1)],
    },
  }, options);
}

function alternative(rows: readonly SplitRow[]): string {
  return [...new Set(rows.map(({ model }) => model))].map((model) => {
    const of = (by: SplitRow["by"]) => rows.find((row) => row.model === model && row.by === by)?.interval;
    const group = of("group"), image = of("image");
    const said = [
      ...(group === undefined ? [] : [`${formatInterval(group)} by group`]),
      ...(image === undefined ? [] : [`${formatInterval(image)} by image`]),
    ].join(", ");
    const difference = group === undefined || image === undefined
      ? ""
      : ` (${formatValue(image.estimate - group.estimate, "points")})`;
    return `${model}: ${said}${difference}.`;
  }).join(" ");
}
