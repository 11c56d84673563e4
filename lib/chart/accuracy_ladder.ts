import { formatFigure, formatShare } from "../display/mod.ts";
import { accuracyAxis, dotLayers, dotValues } from "./_dots.ts";
import { FIT, legendHighlight, makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { COLORS, INK } from "./theme.ts";

/** One accuracy on the ladder. */
export interface LadderRow {
  readonly label: string;
  readonly kind: "chance" | "baseline" | "model" | "literature" | "human";
  /** A share from 0 to 1, with its bounds where it has them: chance is exact, published numbers often come without. */
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  /** Images behind it. */
  readonly n?: number;
}

const KINDS = {
  chance: { name: "Chance", shape: "diamond" },
  baseline: { name: "Simple methods", shape: "square" },
  model: { name: "Networks", shape: "circle" },
  literature: { name: "Published", shape: "triangle-up" },
  human: { name: "People", shape: "cross" },
} as const;

/** Names have more room than elsewhere: they are what the chart is about. */
const NAME_CHARACTERS = 28;

/** Everything that is right now and then, on one axis: from guessing to people, within each kind the worst first. */
export function accuracyLadder(rows: readonly LadderRow[], options: ChartOptions = {}): Chart {
  if (rows.length === 0) throw new ChartError("Cannot draw the accuracy ladder: there are no accuracies");
  const order = Object.keys(KINDS) as LadderRow["kind"][];
  const sorted = rows.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.value - b.value);
  const intervals = sorted.map(({ value, low = value, high = value, n = 0 }) => ({ estimate: value, low, high, n }));
  const chance = sorted.find(({ kind }) => kind === "chance")?.value;
  const x = accuracyAxis(intervals, chance);
  const labels = distinct(sorted);
  const values = sorted.map((row, i) => ({
    ...dotValues(intervals[i], x),
    row: i,
    label: labels[i],
    kind: KINDS[row.kind].name,
    text: textOf(row),
    n: row.n ?? null,
  }));
  const kinds = order.filter((kind) => sorted.some((row) => row.kind === kind));
  const scale = (range: readonly string[]) => ({ domain: kinds.map((kind) => KINDS[kind].name), range });
  const { param, opacity } = legendHighlight("kind");
  const legend = kinds.length > 1 ? { legend: { columns: Math.min(3, kinds.length) } } : { legend: null };
  const shared = {
    y: {
      field: "label",
      type: "nominal",
      sort: { field: "row", op: "min" },
      title: null,
      axis: { ticks: false, domain: false, grid: true, ...shortened(NAME_CHARACTERS) },
    },
    color: {
      field: "kind",
      type: "nominal",
      title: null,
      scale: scale(kinds.map((kind) => COLORS[kind])),
      ...legend,
    },
    opacity,
  };
  const shape = {
    field: "kind",
    type: "nominal",
    title: null,
    scale: scale(kinds.map((kind) => KINDS[kind].shape)),
    ...legend,
  };
  const marks = dotLayers(shared, x, shape, [
    { field: "label", title: "What" },
    { field: "text", title: "Accuracy" },
    ...(sorted.some(({ n }) => n !== undefined) ? [{ field: "n", title: "Images", format: ",d" }] : []),
  ]);
  return makeChart({
    id: "accuracy-ladder",
    title: "Accuracy on unseen images, from guessing upwards",
    subtitle: "Lines are 95\u00a0% intervals" +
      (chance === undefined ? "" : `; dotted: chance, ${formatShare(chance, { exact: true })}`),
    alt: `${sorted.map((row) => `${row.label} ${textOf(row)}`).join("; ")}.`,
    views: {
      ...FIT,
      height: 32 * rows.length,
      data: { values },
      layer: [
        ...(chance === undefined ? [] : [{
          data: { values: [{ chance }] },
          mark: { type: "rule", strokeDash: [2, 3], strokeWidth: 1.5 },
          encoding: { x: { ...x, field: "chance" } },
        }]),
        { ...marks[0], params: [param] },
        marks[1],
        // All numbers in a column of their own: none lies on a line, and they can be read downwards.
        {
          mark: { type: "text", color: INK, align: "left", baseline: "middle", dx: 10 },
          encoding: { ...shared, color: undefined, x: { value: "width" }, text: { field: "text" } },
        },
      ],
    },
  }, options);
}

/** A row is known by its label: a person may be called as a model is. */
function distinct(rows: readonly LadderRow[]): string[] {
  const seen = new Set<string>();
  return rows.map(({ label, kind }) => {
    const wanted = seen.has(label) ? `${label} (${KINDS[kind].name})` : label;
    let unique = wanted;
    for (let n = 2; seen.has(unique); n++) unique = `${wanted} ${n}`;
    seen.add(unique);
    return unique;
  });
}

/** As everywhere else: with bounds where there are any; only chance is known exactly. */
function textOf({ kind, value, low, high, n }: LadderRow): string {
  if (kind !== "chance" && low === undefined) return formatShare(value, { n });
  return formatFigure({ id: "", label: "", unit: "share", value, low, high });
}
