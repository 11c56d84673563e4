import { formatCount, formatInterval, formatShare } from "../display/mod.ts";
import type { ScoreInterval } from "./_dots.ts";
import { LEGEND_CHARACTERS, legendColumns, makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { INK, PALETTE } from "./theme.ts";

/** Images whose confidence lies in (low, high]; `ReliabilityBin` of `lib/stats` is one. */
export interface ConfidenceBin {
  readonly low: number;
  readonly high: number;
  readonly images: number;
  /** Their mean confidence; null where there are none. */
  readonly confidence: number | null;
  /** The share of them that is right; null where there are none. */
  readonly accuracy: ScoreInterval | null;
}

/** One line of a reliability diagram. */
export interface ReliabilitySeries {
  /** As "as trained". */
  readonly label: string;
  readonly bins: readonly ConfidenceBin[];
}

/** Bins with fewer images are small dots beside the line. */
const FEWEST_FOR_LINE = 5;

/**
 * How often the model is right against how sure it says it is, with the number of images in each bin of confidence
 * below. On the dotted diagonal confidence is what it should be; below it, the model is too sure of itself.
 */
export function reliability(series: readonly ReliabilitySeries[], options: ChartOptions = {}): Chart {
  const values = series.flatMap(({ label, bins }, index) =>
    bins.flatMap(({ low, high, images, confidence, accuracy }) =>
      confidence === null || accuracy === null ? [] : [{
        series: label,
        index,
        from: low,
        to: high,
        middle: (low + high) / 2,
        images,
        confidence: digits(confidence),
        accuracy: digits(accuracy.estimate),
        low: digits(accuracy.low),
        high: digits(accuracy.high),
        text: formatInterval(accuracy),
        bin: `${formatShare(low, { exact: true })} to ${formatShare(high, { exact: true })}`,
      }]
    )
  );
  if (values.length === 0) throw new ChartError("Cannot draw a reliability diagram: there are no images");
  if (series.length > PALETTE.length) {
    throw new ChartError(
      `Cannot draw a reliability diagram: at most ${PALETTE.length} lines can be told apart, there are ${series.length}`,
    );
  }
  const labels = series.map(({ label }) => label);
  const color = {
    field: "series",
    type: "nominal",
    title: null,
    scale: { domain: labels, range: [PALETTE[4], PALETTE[0], PALETTE[2], PALETTE[1], PALETTE[3]] },
    legend: series.length === 1
      ? null
      : { symbolOpacity: 1, ...shortened(LEGEND_CHARACTERS), columns: legendColumns(labels) },
  };
  const shape = {
    field: "series",
    type: "nominal",
    title: null,
    scale: { domain: labels, range: ["circle", "square", "diamond", "triangle-up", "cross"] },
    ...(series.length === 1 ? { legend: null } : {}),
  };
  const share = (field: string, title: string | null, axis: Record<string, unknown> = {}) => ({
    field,
    type: "quantitative",
    title,
    scale: { domain: [0, 1], nice: false },
    axis: { format: ".0%", tickCount: 5, ...axis },
  });
  // The same width of labels in both panels keeps their bins below each other.
  const right = (field: string) => share(field, "Right", { minExtent: 44 });
  const tooltip = [
    { field: "series", title: "Probabilities" },
    { field: "bin", title: "Confidence from" },
    { field: "confidence", title: "Mean confidence", format: ".1%" },
    { field: "text", title: "Right" },
    { field: "images", title: "Images", format: ",d" },
  ];
  return makeChart({
    id: "reliability",
    title: "How often the model is right, against how sure it is",
    subtitle: "On the dotted diagonal confidence is what it should be; below it, the model is too sure of itself",
    alt: series.map(({ label, bins }) => `${label}: ${inWords(bins)}`).join(" "),
    views: {
      data: { values },
      vconcat: [
        {
          width: 470,
          height: 300,
          layer: [
            {
              data: { values: [{ confidence: 0, accuracy: 0 }, { confidence: 1, accuracy: 1 }] },
              mark: { type: "line", strokeDash: [2, 3], strokeWidth: 1.5, color: INK, opacity: 0.7 },
              encoding: { x: share("confidence", null), y: right("accuracy") },
            },
            {
              mark: { type: "rule", strokeWidth: 2, opacity: 0.6 },
              encoding: {
                x: share("confidence", null),
                y: right("low"),
                y2: { field: "high" },
                color,
                tooltip,
              },
            },
            {
              // Through single images it would jump up and down.
              transform: [{ filter: `datum.images >= ${FEWEST_FOR_LINE}` }],
              mark: { type: "line", strokeWidth: 1.8 },
              encoding: {
                x: share("confidence", null),
                y: right("accuracy"),
                color,
              },
            },
            {
              mark: { type: "point", filled: true, opacity: 1 },
              encoding: {
                size: { condition: { test: `datum.images >= ${FEWEST_FOR_LINE}`, value: 80 }, value: 25 },
                x: share("confidence", null),
                y: right("accuracy"),
                color,
                shape,
                tooltip,
              },
            },
          ],
        },
        {
          width: 470,
          height: 80,
          transform: [{
            // Bars side by side within a bin.
            calculate: `datum.from + (datum.to - datum.from) * (datum.index + 0.1) / ${series.length}`,
            as: "start",
          }, {
            calculate: `datum.from + (datum.to - datum.from) * (datum.index + 0.9) / ${series.length}`,
            as: "end",
          }],
          mark: { type: "rect" },
          encoding: {
            x: share("start", "Confidence"),
            x2: { field: "end" },
            y2: { datum: 0 },
            y: {
              field: "images",
              type: "quantitative",
              title: "Images",
              scale: { zero: true },
              axis: { tickCount: 3, format: ",d", minExtent: 44 },
            },
            color,
            tooltip,
          },
        },
      ],
      spacing: 12,
    },
  }, options);
}

function inWords(bins: readonly ConfidenceBin[]): string {
  const filled = bins.filter(({ images }) => images > 0);
  const parts = filled.toSorted((a, b) => b.images - a.images).slice(0, 3).toSorted((a, b) => a.low - b.low)
    .map(({ images, confidence, accuracy }) =>
      `${formatCount(images)} images at a mean confidence of ${formatShare(confidence!)} are right in ${
        formatInterval(accuracy!)
      }`
    );
  return `${parts.join("; ")}.`;
}

function digits(value: number): number {
  return Number(value.toPrecision(4));
}
