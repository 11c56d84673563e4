import { formatCount, formatShare } from "../display/mod.ts";
import { makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { COLORS, INK } from "./theme.ts";

/**
 * Counts of images by true class (rows) and predicted class (columns). The stronger a cell's colour, the larger its
 * share of the row.
 *
 * @param classes [K] Names.
 * @param matrix [K, K] Counts, true classes in rows.
 */
export function confusion(
  classes: readonly string[],
  matrix: readonly (readonly number[])[],
  options: ChartOptions = {},
): Chart {
  if (classes.length === 0) throw new ChartError("Cannot draw a confusion matrix: there are no classes");
  if (matrix.length !== classes.length || matrix.some((row) => row.length !== classes.length)) {
    throw new ChartError(
      `Cannot draw a confusion matrix: ${classes.length} classes need ${classes.length} rows and columns, ` +
        `there are ${matrix.length} rows of ${[...new Set(matrix.map((row) => row.length))].join(", ")}`,
    );
  }
  const values = matrix.flatMap((row, truth) => {
    const images = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, predicted) => ({
      truth: classes[truth],
      predicted: classes[predicted],
      count,
      share: images === 0 ? 0 : Number((count / images).toPrecision(4)),
      text: `${formatCount(count)} of ${formatCount(images)} (${
        images === 0 ? "–" : formatShare(count / images, { n: images })
      })`,
      right: truth === predicted,
    }));
  });
  const total = values.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) throw new ChartError("Cannot draw a confusion matrix: it counts no images");

  const cell = Math.max(8, Math.min(34, Math.floor(400 / classes.length)));
  const labels = { labelFontSize: Math.min(13, Math.max(8, cell - 4)), ...shortened(20), ticks: false, domain: false };
  const y = { field: "truth", type: "nominal", sort: null, title: "True class", axis: labels };
  const x = {
    field: "predicted",
    type: "nominal",
    sort: null,
    title: "Predicted class",
    axis: { ...labels, orient: "top", labelAngle: -50, labelAlign: "left" },
  };
  return makeChart({
    id: "confusion",
    title: "Predicted against true class, in images",
    subtitle: "Colour: share of the images of the true class. On the diagonal: right",
    alt: alternative(values, total),
    views: {
      width: { step: cell },
      height: { step: cell },
      data: { values },
      encoding: { x, y },
      layer: [
        {
          mark: { type: "rect", fill: COLORS.heat, stroke: INK },
          encoding: {
            fillOpacity: {
              field: "share",
              type: "quantitative",
              scale: { domain: [0, 1], range: [0.03, 1] },
              legend: null,
            },
            strokeOpacity: { condition: { test: "datum.right", value: 0.6 }, value: 0.08 },
            tooltip: [
              { field: "truth", title: "True class" },
              { field: "predicted", title: "Predicted" },
              { field: "text", title: "Images" },
            ],
          },
        },
        // Zeros are not written, nor what would not fit its cell.
        ...(cell < 18 ? [] : [{
          transform: [{ filter: "datum.count > 0" }],
          mark: { type: "text", fontSize: cell < 24 ? 10 : 12, tooltip: null },
          encoding: {
            text: { field: "count", type: "quantitative", format: "d" },
            // Up to there, the text around the chart is legible on it, be it dark or light.
            color: { condition: { test: "datum.share > 0.8", value: "#ffffff" }, value: INK },
          },
        }]),
      ],
    },
  }, options);
}

function alternative(
  values: readonly { truth: string; predicted: string; count: number; right: boolean }[],
  total: number,
): string {
  const right = values.reduce((sum, value) => sum + (value.right ? value.count : 0), 0);
  const mistakes = values.filter((value) => !value.right && value.count > 0)
    .toSorted((a, b) => b.count - a.count).slice(0, 3)
    .map(({ truth, predicted, count }) => `${truth} taken for ${predicted} (${formatCount(count)})`);
  return `${formatCount(right)} of ${formatCount(total)} images are on the diagonal.` +
    (mistakes.length === 0 ? "" : ` Most frequent mistakes: ${mistakes.join(", ")}.`);
}
