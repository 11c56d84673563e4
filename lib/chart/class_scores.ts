import { formatCount, formatInterval, formatShare } from "../display/mod.ts";
import type { ScoreInterval } from "./_dots.ts";
import { AXIS_CHARACTERS, FIT, legendHighlight, makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { PALETTE } from "./theme.ts";

/** How well one class is recognised; null where nothing can be said. */
export interface ClassScoreRow {
  readonly label: string;
  /** Images of the class. */
  readonly images: number;
  readonly precision: ScoreInterval | null;
  readonly recall: ScoreInterval | null;
  readonly f1: ScoreInterval | null;
}

/** What else is in the picture. */
export interface ClassScoresOptions extends ChartOptions {
  /** Accuracy over all classes, a share: drawn as a line. */
  readonly accuracy?: number;
}

const SCORES = { recall: "Recall", precision: "Precision", f1: "F1" } as const;
const NAMES = Object.values(SCORES);
/** With more classes than this, only those first in the order given are drawn. */
const MOST_ROWS = 40;

/**
 * Recall, precision and F1 of each class with their intervals, in the order given; of very many classes the first 40.
 * Recall: the share right of the images of the class. Precision: the share right of the images taken for it.
 */
export function classScores(rows: readonly ClassScoreRow[], options: ClassScoresOptions = {}): Chart {
  if (rows.length === 0) throw new ChartError("Cannot draw scores of classes: there are no classes");
  const shown = rows.slice(0, MOST_ROWS);
  const digits = (value: number) => Number(value.toPrecision(4));
  const values = shown.flatMap((row) =>
    (Object.keys(SCORES) as (keyof typeof SCORES)[]).flatMap((score) => {
      const interval = row[score];
      return interval === null ? [] : [{
        class: row.label,
        images: row.images,
        score: SCORES[score],
        estimate: digits(interval.estimate),
        low: digits(interval.low),
        high: digits(interval.high),
        text: formatInterval(interval),
        basis: formatCount(interval.n),
      }];
    })
  );
  if (values.length === 0) throw new ChartError("Cannot draw scores of classes: there are no images");
  const { param, opacity } = legendHighlight("score");
  const y = {
    field: "class",
    type: "nominal",
    sort: null,
    title: null,
    scale: { paddingInner: 0.25 },
    axis: { ticks: false, domain: false, ...shortened(AXIS_CHARACTERS) },
  };
  const x = {
    type: "quantitative",
    title: "Share",
    scale: { domain: [0, 1], nice: false },
    axis: { format: ".0%", tickCount: 5 },
  };
  const shared = {
    y,
    yOffset: { field: "score", type: "nominal", sort: NAMES },
    color: {
      field: "score",
      type: "nominal",
      title: null,
      scale: { domain: NAMES, range: [PALETTE[0], PALETTE[1], PALETTE[2]] },
    },
    opacity,
    tooltip: [
      { field: "class", title: "Class" },
      { field: "score", title: "Score" },
      { field: "text", title: "Value" },
      { field: "basis", title: "Images it rests on" },
      { field: "images", title: "Images of the class", format: ",d" },
    ],
  };
  const shape = {
    field: "score",
    type: "nominal",
    title: null,
    scale: { domain: NAMES, range: ["circle", "square", "diamond"] },
  };
  const { accuracy } = options;
  const notes = [
    ...(accuracy === undefined ? [] : [`Dotted line: accuracy over all classes, ${formatShare(accuracy)}`]),
    ...(shown.length === rows.length
      ? []
      : [`the first ${formatCount(shown.length)} of ${formatCount(rows.length)} classes`]),
  ];
  return makeChart({
    id: "class-scores",
    title: "Recall, precision and F1 of each class",
    subtitle: notes.length === 0 ? undefined : notes.join("; "),
    alt: `${formatCount(rows.length)} classes. ` + shown.slice(0, 6).map(({ label, images, recall, f1 }) =>
      `${label} (${formatCount(images)} images): recall ${recall ? formatInterval(recall) : "–"}, F1 ${
        f1 ? formatInterval(f1) : "–"
      }`
    ).join("; ") + (rows.length > 6 ? `; and ${formatCount(rows.length - 6)} more.` : "."),
    views: {
      ...FIT,
      height: shown.length * 34,
      data: { values },
      layer: [
        ...(accuracy === undefined ? [] : [{
          data: { values: [{ accuracy }] },
          mark: { type: "rule", strokeDash: [2, 3], strokeWidth: 1.5 },
          encoding: { x: { ...x, field: "accuracy" } },
        }]),
        {
          params: [param],
          mark: { type: "rule", strokeWidth: 2 },
          encoding: { ...shared, x: { ...x, field: "low" }, x2: { field: "high" } },
        },
        {
          mark: { type: "point", filled: true, size: 55, opacity: 1 },
          encoding: { ...shared, x: { ...x, field: "estimate" }, shape },
        },
      ],
    },
  }, options);
}
