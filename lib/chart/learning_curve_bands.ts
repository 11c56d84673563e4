import { formatCount, formatNumber, formatShare } from "../display/mod.ts";
import { makeChart } from "./_spec.ts";
import type { Chart } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { chanceLine, curvePosition, type LearningCurve, type LearningCurvesOptions, PARTS } from "./learning_curves.ts";
import { COLORS } from "./theme.ts";

/**
 * Loss and accuracy against epoch over several trainings of one model (folds, repeats): a line for their mean, a band
 * from the lowest to the highest, on the images trained on and on unseen ones. Ticks below the losses mark the epochs
 * whose weights were kept.
 *
 * The lines end where fewer than half of the trainings go on: the mean of a few stragglers would seem to jump.
 */
export function learningCurveBands(curves: readonly LearningCurve[], options: LearningCurvesOptions = {}): Chart {
  const empty = curves.find(({ history }) => history.length === 0);
  if (curves.length === 0) throw new ChartError("Cannot draw learning curves: there are no runs");
  if (empty) throw new ChartError(`Cannot draw learning curves: "${empty.label}" has no epochs`);

  const longest = curves.map(({ history }) => history.length).toSorted((a, b) => b - a);
  const lastEpoch = longest[Math.ceil(curves.length / 2) - 1];
  const values: Record<string, string | number | null>[] = Array.from({ length: lastEpoch }, (_, index) => {
    const rows = curves.flatMap(({ history }) => history.slice(index, index + 1));
    return PARTS.map((part, i) => ({
      epoch: index + 1,
      part,
      runs: rows.length,
      ...band("loss", rows.map((row) => i === 0 ? row.loss : row.validationLoss)),
      ...band("accuracy", rows.map((row) => i === 0 ? row.accuracy : row.validationAccuracy)),
    }));
  }).flat();
  const highestLoss = values.reduce((highest, { lossHigh }) => Math.max(highest, Number(lossHigh ?? 0)), 0) || 1;
  const kept = curves.map(({ label, keptEpoch }) => ({ label, epoch: keptEpoch })).filter(({ epoch }) =>
    epoch <= lastEpoch
  );
  const color = {
    field: "part",
    type: "nominal",
    title: null,
    scale: { domain: PARTS, range: [COLORS.training, COLORS.validation] },
    legend: { symbolType: "stroke", symbolSize: 300, symbolOpacity: 1 },
  };
  const strokeDash = { field: "part", type: "nominal", title: null, scale: { domain: PARTS, range: [[5, 3], [1, 0]] } };
  const panel = (field: "loss" | "accuracy", at: ReturnType<typeof curvePosition>) => ({
    width: 470,
    height: 190,
    layer: [
      ...(field === "accuracy" && options.chance !== undefined ? chanceLine(options.chance, at, lastEpoch) : []),
      {
        transform: [{ filter: `isValid(datum.${field})` }],
        mark: { type: "area", opacity: 0.22 },
        encoding: {
          x: at.x,
          y: { ...at.y, field: `${field}Low` },
          y2: { field: `${field}High` },
          color,
        },
      },
      {
        transform: [{ filter: `isValid(datum.${field})` }],
        mark: { type: "line", strokeWidth: 2.2 },
        encoding: { ...at, color, strokeDash },
      },
      {
        transform: [{ filter: `isValid(datum.${field})` }],
        // Small dots, to answer the pointer.
        mark: { type: "point", filled: true, strokeWidth: 0, size: lastEpoch > 60 ? 6 : 14 },
        encoding: {
          ...at,
          color,
          tooltip: [
            { field: "part", title: "Images" },
            { field: "epoch", title: "Epoch" },
            { field, title: "Mean", format: field === "loss" ? ".3~r" : ".1%" },
            { field: `${field}Low`, title: "Lowest", format: field === "loss" ? ".3~r" : ".1%" },
            { field: `${field}High`, title: "Highest", format: field === "loss" ? ".3~r" : ".1%" },
            { field: "runs", title: "Trainings" },
          ],
        },
      },
      ...(field === "loss" && kept.length > 0
        ? [{
          data: { values: kept },
          mark: { type: "tick", orient: "vertical", color: COLORS.validation, thickness: 2, size: 10 },
          encoding: {
            x: at.x,
            y: { value: 185 },
            tooltip: [{ field: "label", title: "Training" }, { field: "epoch", title: "Epoch kept" }],
          },
        }]
        : []),
    ],
  });
  return makeChart({
    id: "learning-curve-bands",
    title: `Loss and accuracy against epoch: mean and range of ${formatCount(curves.length)} trainings`,
    subtitle: "Bands: from the lowest to the highest; ticks at the bottom of the losses: the epochs kept",
    alt: alternative(curves, values, lastEpoch, options.chance),
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

/** Mean, lowest and highest of the values that are numbers; null where there are none. Four digits are enough to draw. */
function band(name: string, values: readonly number[]): Record<string, number | null> {
  const numbers = values.filter(Number.isFinite);
  const rounded = (value: number) => Number(value.toPrecision(4));
  if (numbers.length === 0) return { [name]: null, [`${name}Low`]: null, [`${name}High`]: null };
  return {
    [name]: rounded(numbers.reduce((sum, value) => sum + value, 0) / numbers.length),
    [`${name}Low`]: rounded(Math.min(...numbers)),
    [`${name}High`]: rounded(Math.max(...numbers)),
  };
}

function alternative(
  curves: readonly LearningCurve[],
  values: readonly Record<string, unknown>[],
  lastEpoch: number,
  chance: number | undefined,
): string {
  const [training, validation] = PARTS.map((part) =>
    values.findLast((value) => value.part === part) as Record<string, number>
  );
  const range = (low: number, high: number, format: (value: number) => string) => `${format(low)} to ${format(high)}`;
  const share = (value: number | null) => value === null ? "–" : formatShare(value);
  const number = (value: number | null) => value === null ? "–" : formatNumber(value, 2);
  return `At epoch ${lastEpoch}, the mean training loss is ${number(training.loss)} and accuracy ${
    share(training.accuracy)
  }; the validation loss ${number(validation.loss)} (${range(validation.lossLow, validation.lossHigh, number)}) and ` +
    `accuracy ${share(validation.accuracy)} (${range(validation.accuracyLow, validation.accuracyHigh, share)}). ` +
    `Kept epochs: ${curves.slice(0, 12).map(({ keptEpoch }) => keptEpoch).join(", ")}.` +
    (chance === undefined ? "" : ` Chance is ${formatShare(chance, { exact: true })}.`);
}
