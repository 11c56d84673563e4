import { formatInterval, formatShare } from "../display/mod.ts";
import { accuracyAxis, type ScoreInterval } from "./_dots.ts";
import { FIT, makeChart } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { textWidth } from "./_text_width.ts";
import { COLORS, INK, PALETTE } from "./theme.ts";

/** One lever, or where all began. */
export interface WaterfallRow {
  readonly label: string;
  /** Accuracy reached, a share. */
  readonly accuracy: ScoreInterval;
  /** By how much it is above the row `against`, a difference of shares; left out for the first row. */
  readonly gain?: ScoreInterval;
  /** Index of the row that the gain is measured against; the one before unless given. */
  readonly against?: number;
}

/** What else is in the picture. */
export interface WaterfallOptions extends ChartOptions {
  /** Accuracy of guessing, a share: drawn as a line. */
  readonly chance?: number;
  /** What the accuracies were measured on: "unseen images" unless given. */
  readonly on?: string;
}

const KINDS = { start: "Where it began", gain: "Gain", loss: "Loss", unclear: "Cannot be told from zero" } as const;
const FILLS = { start: COLORS.baseline, gain: PALETTE[0], loss: PALETTE[4], unclear: "#999999" } as const;

/** Widest label beside the axis, in pixels: longer ones take several lines. */
const LABEL_WIDTH = 170;

/**
 * From the first accuracy to the best, one bar a lever: each begins at the row that it is measured against, and its line
 * is the interval of the difference. Bars whose interval contains 0 are grey and dashed.
 */
export function waterfall(rows: readonly WaterfallRow[], options: WaterfallOptions = {}): Chart {
  if (rows.length === 0) throw new ChartError("Cannot draw the waterfall: there are no accuracies");
  const { chance, on = "unseen images" } = options;
  const bars = rows.map((row, index) => {
    const { label, accuracy, gain } = row;
    if (gain === undefined) {
      const { estimate, low, high } = accuracy;
      return { label, index, kind: "start" as const, from: 0, to: estimate, low, high, text: formatInterval(accuracy) };
    }
    const against = row.against ?? index - 1;
    if (!(against >= 0 && against < index)) {
      throw new ChartError(`Cannot draw the waterfall: row ${index} is measured against row ${against}`);
    }
    const from = rows[against].accuracy.estimate;
    const kind = gain.low > 0 ? "gain" as const : gain.high < 0 ? "loss" as const : "unclear" as const;
    const ends = { from, to: from + gain.estimate, low: from + gain.low, high: from + gain.high };
    return { label, index, kind, ...ends, text: formatInterval(gain, "points") };
  });
  const x = accuracyAxis(bars.map(({ to, low, high }) => ({ estimate: to, low, high, n: 0 })), chance);
  const kinds = (Object.keys(KINDS) as (keyof typeof KINDS)[]).filter((kind) => bars.some((bar) => bar.kind === kind));
  const values = bars.map(({ label, kind, index, text, ...ends }) => ({
    label: unique(lines(label), index),
    what: label,
    kind: KINDS[kind],
    row: index,
    text,
    ...Object.fromEntries(
      Object.entries(ends).map(([name, value]) => [name, Number(Math.max(0, value).toPrecision(6))]),
    ),
    n: rows[index].accuracy.n,
  }));
  const y = {
    field: "label",
    type: "nominal",
    sort: { field: "row", op: "min" },
    title: null,
    axis: {
      ticks: false,
      domain: false,
      grid: false,
      labelExpr: "split(trim(datum.label), '\\n')",
      labelLineHeight: 15,
    },
    scale: { paddingInner: 0.35, paddingOuter: 0.2 },
  };
  const scale = (range: readonly unknown[]) => ({ domain: kinds.map((kind) => KINDS[kind]), range });
  const legend = kinds.length > 1 ? { legend: { columns: 2 } } : { legend: null };
  const tooltip = [
    { field: "what", title: "What" },
    { field: "text", title: "Change" },
    { field: "to", title: "Accuracy reached", format: ".1%" },
    { field: "n", title: "Images", format: ",d" },
  ];
  const lineCounts = values.map(({ label }) => label.split("\n").length);
  return makeChart({
    id: "waterfall",
    title: `From the first network to the best: accuracy on ${on}`,
    subtitle:
      "Each bar is one lever, measured on the same images as what it starts from; lines are 95\u00a0% intervals of " +
      "the change",
    alt: `${
      bars.map(({ label, kind, text }) =>
        `${label} ${text}${kind === "unclear" ? ", which cannot be told from zero" : ""}`
      ).join("; ")
    }.` + (chance === undefined ? "" : ` Chance is ${formatShare(chance, { exact: true })}.`),
    views: {
      ...FIT,
      height: Math.max(34, 17 * Math.max(...lineCounts) + 8) * rows.length,
      data: { values },
      layer: [
        ...(chance === undefined ? [] : [{
          data: { values: [{ chance }] },
          mark: { type: "rule", strokeDash: [2, 3], strokeWidth: 1.5 },
          encoding: { x: { ...x, field: "chance" } },
        }]),
        {
          mark: { type: "bar", cornerRadius: 2 },
          encoding: {
            y,
            x: { ...x, field: "from" },
            x2: { field: "to" },
            color: {
              field: "kind",
              type: "nominal",
              title: null,
              scale: scale(kinds.map((kind) =>
                FILLS[kind]
              )),
              ...legend,
            },
            fillOpacity: { condition: { test: `datum.kind === '${KINDS.unclear}'`, value: 0.25 }, value: 0.75 },
            stroke: { condition: { test: `datum.kind === '${KINDS.unclear}'`, value: FILLS.unclear }, value: null },
            strokeDash: { condition: { test: `datum.kind === '${KINDS.unclear}'`, value: [4, 3] }, value: [1, 0] },
            tooltip,
          },
        },
        {
          mark: { type: "rule", strokeWidth: 2, color: INK },
          encoding: { y, x: { ...x, field: "low" }, x2: { field: "high" }, tooltip },
        },
        {
          mark: { type: "text", color: INK, align: "left", baseline: "middle", dx: 10 },
          encoding: { y, x: { value: "width" }, text: { field: "text" } },
        },
      ],
    },
  }, options);
}

/** Broken into lines that fit beside the axis; at most three. */
function lines(label: string): string {
  const all: string[] = [];
  let line = "";
  for (const word of label.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer, 13) > LABEL_WIDTH) {
      all.push(line);
      line = word;
    } else line = longer;
  }
  all.push(line);
  const shown = all.slice(0, 3).map((text) => text.length > 26 ? `${text.slice(0, 25)}…` : text);
  if (all.length > 3) shown[2] = `${shown[2].replace(/…$/, "")}…`;
  return shown.join("\n");
}

/** Rows of one name must not fall together: blanks at the end, which nobody sees, tell them apart. */
function unique(label: string, index: number): string {
  return label + " ".repeat(index);
}
