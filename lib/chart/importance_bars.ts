import { formatInterval } from "../display/mod.ts";
import { AXIS_CHARACTERS, FIT, makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { COLORS, INK } from "./theme.ts";

/** How much one hyperparameter decides. */
export interface ImportanceRow {
  readonly label: string;
  /** Share of the variance that it explains alone, from 0 to 1, and its range over the trees of the forest. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
  /** Whether it is more than chance makes. */
  readonly told: boolean;
}

const TOLD = "more than chance makes", NOT_TOLD = "could be chance";

/** Importance of hyperparameters, below each other in the order given, with the range that it rests on. */
export function importanceBars(rows: readonly ImportanceRow[], options: ChartOptions = {}): Chart {
  if (rows.length === 0) throw new ChartError("Cannot draw importances: there are none");
  const digits = (value: number) => Number(value.toPrecision(4));
  const values = rows.map(({ label, share, low, high, told }) => ({
    label,
    share: digits(share),
    low: digits(low),
    high: digits(high),
    kind: told ? TOLD : NOT_TOLD,
    text: formatInterval({ estimate: share, low, high }),
  }));
  const domain = [TOLD, NOT_TOLD].filter((kind) => values.some((value) => value.kind === kind));
  const range = (told: unknown, not: unknown) => domain.map((kind) => kind === TOLD ? told : not);
  const y = {
    field: "label",
    type: "nominal",
    sort: null,
    title: null,
    axis: { ticks: false, domain: false, ...shortened(AXIS_CHARACTERS) },
  };
  const x = {
    type: "quantitative",
    title: "Share of the variance of accuracy that it explains alone",
    scale: { domain: [0, 1], nice: false },
    axis: { format: ".0%", tickCount: 5 },
  };
  const color = {
    field: "kind",
    type: "nominal",
    title: null,
    scale: { domain, range: range(COLORS.model, COLORS.chance) },
  };
  const shape = { field: "kind", type: "nominal", title: null, scale: { domain, range: range("circle", "diamond") } };
  const tooltip = [
    { field: "label", title: "Hyperparameter" },
    { field: "text", title: "Share explained" },
    { field: "kind", title: "It is" },
  ];
  return makeChart({
    id: "hyperparameter-importance",
    title: "What decides about the accuracy of a trial",
    subtitle: "By a random forest fitted to the trials; lines: the middle 80 % of its trees",
    alt: `${values.map(({ label, text, kind }) => `${label} ${text} (${kind})`).join("; ")}.`,
    views: {
      ...FIT,
      height: 30 * rows.length,
      data: { values },
      layer: [
        {
          mark: { type: "rule", strokeWidth: 2.5 },
          encoding: { y, x: { ...x, field: "low" }, x2: { field: "high" }, color, tooltip },
        },
        {
          mark: { type: "point", filled: true, size: 90, opacity: 1 },
          encoding: { y, x: { ...x, field: "share" }, color, shape, tooltip },
        },
        {
          transform: [{ filter: "datum.high < 0.72" }],
          mark: { type: "text", align: "left", dx: 8, color: INK },
          encoding: { y, x: { ...x, field: "high" }, text: { field: "text" } },
        },
      ],
    },
  }, options);
}
