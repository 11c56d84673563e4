import { formatInterval } from "../display/mod.ts";
import { FIT, makeChart } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { PALETTE } from "./theme.ts";

/** Something that was predicted, and then measured: differences of accuracies, from −1 to 1. */
export interface PredictedRow {
  readonly label: string;
  /** Null where nothing could be predicted. */
  readonly predicted: Bounded | null;
  readonly measured: Bounded;
}

interface Bounded {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

const KINDS = ["Predicted", "Measured"] as const;

/** What was predicted and what then came, with intervals, below each other: for each row two marks. */
export function predictionCheck(rows: readonly PredictedRow[], options: ChartOptions = {}): Chart {
  if (rows.length === 0) throw new ChartError("Cannot draw predictions: there are none");
  const values = rows.flatMap(({ label, predicted, measured }) =>
    ([predicted, measured] as const).flatMap((one, i) =>
      one === null ? [] : [{
        label,
        kind: KINDS[i],
        estimate: round(one.estimate),
        low: round(one.low),
        high: round(one.high),
        text: formatInterval(one, "points"),
      }]
    )
  );
  const from = Math.min(0, ...values.map(({ low }) => low)), to = Math.max(0, ...values.map(({ high }) => high));
  const margin = 0.06 * (to - from || 1);
  const x = {
    type: "quantitative",
    title: "Points gained",
    scale: { domain: [round(from - margin), round(to + margin)], nice: false },
    axis: { labelExpr: "format(datum.value * 100, '+.0f')", tickCount: 6 },
  };
  const shared = {
    y: {
      field: "kind",
      type: "nominal",
      title: null,
      sort: null,
      scale: { domain: KINDS },
      axis: { ticks: false, domain: false },
    },
    color: { field: "kind", type: "nominal", legend: null, scale: { domain: KINDS, range: [PALETTE[1], PALETTE[0]] } },
  };
  const tooltip = [
    { field: "label", title: "What was added" },
    { field: "kind", title: "Gain" },
    { field: "text", title: "Points" },
  ];
  return makeChart({
    id: "prediction-check",
    title: "Predicted and measured gain of more images",
    alt: rows.map(({ label, predicted, measured }) =>
      `${label}: predicted ${predicted === null ? "nothing" : formatInterval(predicted, "points")}, measured ${
        formatInterval(measured, "points")
      }`
    ).join("; ") + ".",
    views: {
      data: { values },
      facet: {
        row: {
          field: "label",
          type: "nominal",
          sort: rows.map(({ label }) =>
            label
          ),
          title: null,
          header: { labelAngle: 0, labelAnchor: "start", labelOrient: "top", labelFontSize: 13, labelFontWeight: 600 },
        },
      },
      spacing: 10,
      spec: {
        width: FIT.width - 100,
        height: 58,
        layer: [
          { mark: { type: "rule", strokeDash: [2, 3] }, encoding: { x: { datum: 0 } } },
          {
            mark: { type: "rule", strokeWidth: 2.5 },
            encoding: { ...shared, x: { ...x, field: "low" }, x2: { field: "high" }, tooltip },
          },
          {
            mark: { type: "point", filled: true, size: 90, opacity: 1 },
            encoding: {
              ...shared,
              x: { ...x, field: "estimate" },
              shape: {
                field: "kind",
                type: "nominal",
                legend: null,
                scale: { domain: KINDS, range: ["diamond", "circle"] },
              },
              tooltip,
            },
          },
          {
            mark: { type: "text", dy: -11, fontSize: 12 },
            encoding: { y: shared.y, x: { ...x, field: "estimate" }, text: { field: "text" } },
          },
        ],
      },
    },
  }, options);
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}
