import { formatNumber, formatShare } from "../display/mod.ts";
import { LEGEND_CHARACTERS, legendColumns, legendHighlight, makeChart, shortened } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { COLORS, INK, PALETTE } from "./theme.ts";

/** What one training looked like, epoch by epoch. */
export interface LearningCurve {
  /** What tells this training from the others, as "fold 1" or the model's name. */
  readonly label: string;
  readonly history: readonly {
    /** 1-based. */
    readonly epoch: number;
    readonly loss: number;
    readonly accuracy: number;
    readonly validationLoss: number;
    readonly validationAccuracy: number;
  }[];
  /** The epoch whose weights were kept. */
  readonly keptEpoch: number;
}

/** What else is in the picture. */
export interface LearningCurvesOptions extends ChartOptions {
  /** Accuracy of guessing, a share: drawn as a line. */
  readonly chance?: number;
}

export const PARTS = ["Training", "Validation"];

/**
 * Loss and accuracy against epoch, on the images trained on and on unseen ones. A circle marks the epoch whose weights
 * were kept. One training has a colour for each part; of several each has its own, with training dashed.
 */
export function learningCurves(curves: readonly LearningCurve[], options: LearningCurvesOptions = {}): Chart {
  const empty = curves.find(({ history }) => history.length === 0);
  if (curves.length === 0) throw new ChartError("Cannot draw learning curves: there are no runs");
  if (empty) throw new ChartError(`Cannot draw learning curves: "${empty.label}" has no epochs`);

  const values = curves.flatMap(({ label, history, keptEpoch }, run) =>
    history.flatMap((row) =>
      [
        { ...point(row.epoch, row.loss, row.accuracy), part: PARTS[0] },
        { ...point(row.epoch, row.validationLoss, row.validationAccuracy), part: PARTS[1] },
      ].map((value) => ({ run, label, ...value, kept: row.epoch === keptEpoch }))
    )
  );
  // More trainings than colours: back to a colour for each part.
  const byRun = curves.length > 1 && curves.length <= PALETTE.length;
  const { param, opacity } = legendHighlight(byRun ? "label" : "part");
  const strokes = { symbolType: "stroke", symbolSize: 300 };
  const color = byRun
    ? {
      field: "label",
      type: "nominal",
      title: null,
      sort: null,
      scale: { range: PALETTE },
      legend: { ...strokes, ...shortened(LEGEND_CHARACTERS), columns: legendColumns(curves.map(({ label }) => label)) },
    }
    : {
      field: "part",
      type: "nominal",
      title: null,
      scale: { domain: PARTS, range: [COLORS.training, COLORS.validation] },
      legend: strokes,
    };
  const dash = {
    field: "part",
    type: "nominal",
    title: null,
    scale: { domain: PARTS, range: [[5, 3], [1, 0]] },
    ...(byRun ? { legend: null } : {}),
  };
  const lastEpoch = Math.max(...curves.flatMap(({ history }) => history.map(({ epoch }) => epoch)));
  // There may be no loss that is a number.
  const highestLoss = values.reduce((highest, { loss }) => Math.max(highest, loss ?? 0), 0) || 1;
  const panel = (field: "loss" | "accuracy", at: ReturnType<typeof curvePosition>) => ({
    width: 470,
    height: 190,
    layer: [
      ...(field === "accuracy" && options.chance !== undefined ? chanceLine(options.chance, at, lastEpoch) : []),
      {
        ...(field === "loss" ? { params: [param] } : {}),
        transform: [{ filter: `isValid(datum.${field})` }],
        mark: { type: "line", strokeWidth: curves.length > 2 ? 1.6 : 2.2 },
        encoding: {
          ...at,
          detail: { field: "run" },
          color,
          strokeDash: dash,
          opacity,
        },
      },
      {
        transform: [{ filter: `isValid(datum.${field})` }],
        mark: { type: "point", filled: true, strokeWidth: 0 },
        encoding: {
          ...at,
          color,
          opacity,
          // The small dots are there to answer the pointer.
          size: { condition: { test: "datum.kept", value: 90 }, value: lastEpoch > 60 ? 6 : 16 },
          tooltip: [
            { field: "label", title: "Run" },
            { field: "part", title: "Images" },
            { field: "epoch", title: "Epoch" },
            { field: "loss", title: "Loss", format: ".3~r" },
            { field: "accuracy", title: "Accuracy", format: ".1%" },
          ],
        },
      },
    ],
  });
  return makeChart({
    id: "learning-curves",
    title: "Loss and accuracy against epoch, in training and validation",
    subtitle: byRun
      ? "Solid: validation; dashed: training; large dots: the epoch kept"
      : "Large dots: the epoch whose weights were kept",
    alt: alternative(curves, options.chance),
    views: {
      data: { values },
      vconcat: [
        panel("loss", curvePosition("loss", lastEpoch, highestLoss)),
        panel("accuracy", curvePosition("accuracy", lastEpoch, 1)),
      ],
      spacing: 16,
    },
  }, options);
}

/** The axes of a panel; the lower one, of the accuracies, names the epochs. */
export function curvePosition(field: "loss" | "accuracy", lastEpoch: number, highest: number) {
  return {
    x: {
      field: "epoch",
      type: "quantitative",
      title: field === "accuracy" ? "Epoch" : null,
      scale: { domain: [1, Math.max(2, lastEpoch)], nice: false },
      axis: { tickMinStep: 1, format: "d", grid: false, tickCount: Math.min(10, lastEpoch) },
    },
    y: {
      field,
      type: "quantitative",
      title: field === "accuracy" ? "Accuracy" : "Loss",
      // The same width of labels in both panels keeps their epochs below each other.
      axis: { minExtent: 44, tickCount: 5, ...(field === "accuracy" ? { format: ".0%" } : {}) },
      scale: { domain: [0, highest], nice: true },
    },
  };
}

/** Where guessing lies among the accuracies. */
export function chanceLine(chance: number, at: ReturnType<typeof curvePosition>, lastEpoch: number) {
  const y = { ...at.y, field: "chance" };
  return [
    {
      data: { values: [{ chance }] },
      mark: { type: "rule", color: COLORS.chance, strokeDash: [2, 3] },
      encoding: { y },
    },
    {
      data: {
        values: [{ chance, epoch: Math.max(2, lastEpoch), text: `chance ${formatShare(chance, { exact: true })}` }],
      },
      mark: {
        type: "text",
        align: "right",
        baseline: chance > 0.1 ? "top" : "bottom",
        dy: chance > 0.1 ? 4 : -4,
        color: INK,
      },
      encoding: { x: at.x, y, text: { field: "text" } },
    },
  ];
}

/** Four digits are enough to draw; a loss that is no number any more is left out. */
function point(epoch: number, loss: number, accuracy: number) {
  return { epoch, loss: rounded(loss), accuracy: rounded(accuracy) };
}

function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}

function alternative(curves: readonly LearningCurve[], chance: number | undefined): string {
  const sentences = curves.slice(0, 5).map(({ label, history, keptEpoch }) => {
    const kept = history.find(({ epoch }) => epoch === keptEpoch) ?? history[history.length - 1];
    return `${label}: at the kept epoch ${kept.epoch} of ${history.length}, training loss ${
      formatNumber(kept.loss)
    } and ` +
      `accuracy ${formatShare(kept.accuracy)}, validation loss ${formatNumber(kept.validationLoss)} and ` +
      `accuracy ${formatShare(kept.validationAccuracy)}.`;
  });
  if (curves.length > 5) sentences.push(`And ${curves.length - 5} more runs.`);
  if (chance !== undefined) sentences.push(`Chance is ${formatShare(chance, { exact: true })}.`);
  return sentences.join(" ");
}
