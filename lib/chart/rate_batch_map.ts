import { formatCount, formatInterval, formatShare } from "../display/mod.ts";
import type { ScoreInterval } from "./_dots.ts";
import { makeChart } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { COLORS, INK, PALETTE } from "./theme.ts";

/** The accuracy with one batch size and one learning rate. */
export interface RateCell {
  readonly batchSize: number;
  readonly learningRate: number;
  readonly interval: ScoreInterval;
  /** Whether linear scaling leads there from the setting of the question. */
  readonly scaled?: boolean;
}

/** Accuracies by batch size (rows) and learning rate (columns); cells that linear scaling connects have a frame. */
export function rateBatchMap(
  cells: readonly RateCell[],
  options: ChartOptions & { readonly chance?: number } = {},
): Chart {
  if (cells.length === 0) throw new ChartError("Cannot draw a map of rates: there are no accuracies");
  const { chance } = options;
  const top = Math.max(...cells.map(({ interval }) => interval.estimate));
  const values = cells.map(({ batchSize, learningRate, interval, scaled = false }) => ({
    batch: batchSize,
    rate: Number(learningRate.toPrecision(6)),
    accuracy: Number(interval.estimate.toPrecision(4)),
    // Strength of the colour: from chance to the best of them.
    strength: Number(
      Math.max(0, (interval.estimate - (chance ?? 0)) / Math.max(top - (chance ?? 0), 1e-9)).toPrecision(3),
    ),
    text: formatShare(interval.estimate, { n: interval.n }).replace(/\s*%$/, ""),
    interval: formatInterval(interval),
    n: interval.n,
    scaled,
  }));
  const sorted = (key: "batch" | "rate") => [...new Set(values.map((value) => value[key]))].sort((a, b) => a - b);
  const axis = (title: string, key: "batch" | "rate") => ({
    field: key,
    type: "ordinal",
    sort: sorted(key),
    title,
    axis: { labelAngle: 0, ticks: false, domain: false, format: key === "batch" ? "d" : "~r" },
  });
  return makeChart({
    id: "batch-rate-map",
    width: Math.max(340, sorted("rate").length * 58 + 90),
    title: "Unseen images right, in per cent",
    subtitle: `By batch size and learning rate, on the same ${formatCount(values[0].n)} images. Framed: the rate ` +
      `grows with the batch`,
    alt: values.map(({ batch, rate, interval }) => `Batches of ${batch} at ${rate}: ${interval}`).join("; ") + "." +
      (chance === undefined ? "" : ` Chance is ${formatShare(chance, { exact: true })}.`),
    views: {
      width: { step: 58 },
      height: { step: 40 },
      data: { values },
      encoding: { x: axis("Learning rate", "rate"), y: axis("Batch size", "batch") },
      layer: [
        {
          mark: { type: "rect", fill: COLORS.heat, stroke: PALETTE[1] },
          encoding: {
            fillOpacity: {
              field: "strength",
              type: "quantitative",
              scale: { domain: [0, 1], range: [0.03, 0.8] },
              legend: null,
            },
            strokeWidth: { condition: { test: "datum.scaled", value: 3 }, value: 0 },
            tooltip: [
              { field: "batch", title: "Batch size" },
              { field: "rate", title: "Learning rate" },
              { field: "interval", title: "Accuracy" },
              { field: "n", title: "Images", format: ",d" },
            ],
          },
        },
        {
          mark: { type: "text", fontSize: 14, color: INK, tooltip: null },
          encoding: { text: { field: "text", type: "nominal" } },
        },
      ],
    },
  }, options);
}
