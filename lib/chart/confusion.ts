import { formatCount, formatShare } from "../display/mod.ts";
import { makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { textWidth } from "./_text_width.ts";
import { CHART_WIDTH, COLORS, INK } from "./theme.ts";

/** How a confusion matrix is drawn. */
export interface ConfusionOptions extends ChartOptions {
  /** What is written into the cells: "counts" of images (unless given), or "shares" of the true class in per cent. */
  readonly numbers?: "counts" | "shares";
  /** [K] Indices of the classes in the order to draw them in, as by similarity; their own unless given. */
  readonly order?: readonly number[];
  /** [K] Images of each class for which the model has no answer, as after a diverged training: a column of their own. */
  readonly unanswered?: readonly number[];
}

const NO_ANSWER = "(no answer)";

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
  options: ConfusionOptions = {},
): Chart {
  if (classes.length === 0) throw new ChartError("Cannot draw a confusion matrix: there are no classes");
  if (matrix.length !== classes.length || matrix.some((row) => row.length !== classes.length)) {
    throw new ChartError(
      `Cannot draw a confusion matrix: ${classes.length} classes need ${classes.length} rows and columns, ` +
        `there are ${matrix.length} rows of ${[...new Set(matrix.map((row) => row.length))].join(", ")}`,
    );
  }
  const { numbers = "counts", order = [...classes.keys()], unanswered } = options;
  if (order.toSorted((a, b) => a - b).some((label, index) => label !== index) || order.length !== classes.length) {
    throw new ChartError(
      `Cannot draw a confusion matrix: the order must name each of the ${classes.length} classes once, it is ${
        order.join(", ")
      }`,
    );
  }
  const none = unanswered?.some((count) => count > 0) ? unanswered : null;
  const values = order.flatMap((truth) => {
    const images = matrix[truth].reduce((sum, count) => sum + count, 0) + (none?.[truth] ?? 0);
    const cell = (predicted: string, count: number, right: boolean) => ({
      truth: classes[truth],
      predicted,
      count,
      share: images === 0 ? 0 : Number((count / images).toPrecision(4)),
      text: `${formatCount(count)} of ${formatCount(images)} (${
        images === 0 ? "–" : formatShare(count / images, { n: images })
      })`,
      right,
    });
    return [
      ...order.map((predicted) => cell(classes[predicted], matrix[truth][predicted], truth === predicted)),
      ...(none === null ? [] : [cell(NO_ANSWER, none[truth], false)]),
    ];
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
  const columns = classes.length + (none === null ? 0 : 1);
  const names = Math.max(...classes.map((name) => textWidth(name.slice(0, 20), labels.labelFontSize)));
  return makeChart({
    id: "confusion",
    // Vega cuts a title that is wider than what is below it.
    width: Math.min(CHART_WIDTH, Math.max(260, columns * cell + names + 70)),
    title: numbers === "counts"
      ? "Predicted against true class, in images"
      : "Predicted against true class, in per cent of the true class",
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
          transform: [
            { filter: "datum.count > 0" },
            ...(numbers === "counts" ? [] : [{ calculate: "100 * datum.share", as: "percent" }]),
          ],
          mark: { type: "text", fontSize: cell < 24 ? 10 : 12, tooltip: null },
          encoding: {
            text: numbers === "counts"
              ? { field: "count", type: "quantitative", format: "d" }
              : { field: "percent", type: "quantitative", format: ".0f" },
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
