import { FIT, makeChart } from "./_spec.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { ChartError } from "./errors.ts";
import { COLORS, INK, PALETTE } from "./theme.ts";

/** The loss of one training in which the learning rate rose. */
export interface RateCurve {
  /** [n] Above 0, ascending. */
  readonly rates: readonly number[];
  /** [n] In nats. */
  readonly smooth: readonly number[];
}

/** A rate worth a line. */
export interface RateMark {
  readonly rate: number;
  readonly label: string;
}

/** The loss against the learning rate, one line per start; rates that are marked have a line of their own. */
export function rateRange(
  curves: readonly RateCurve[],
  options: ChartOptions & { readonly marks?: readonly RateMark[] } = {},
): Chart {
  if (curves.length === 0 || curves.some(({ rates }) => rates.length === 0)) {
    throw new ChartError("Cannot draw losses against the learning rate: there are none");
  }
  const { marks = [] } = options;
  const short = (value: number) => Number(value.toPrecision(4));
  const values = curves.flatMap(({ rates, smooth }, i) =>
    rates.map((rate, step) => ({ rate: short(rate), loss: short(smooth[step]), start: `start ${i + 1}` }))
  );
  // Where it bursts, the loss would press all else flat.
  const first = Math.max(...curves.map(({ smooth }) => smooth[0]));
  const lowest = Math.min(...values.map(({ loss }) => loss));
  const top = first + 0.6 * Math.max(first - lowest, 0.1);
  const x = {
    field: "rate",
    type: "quantitative",
    title: "Learning rate",
    scale: { type: "log", nice: false },
    axis: { format: "~r", values: decades(values.map(({ rate }) => rate)) },
  };
  return makeChart({
    id: "learning-rate-range",
    title: "The loss in training while the learning rate rises",
    subtitle: "Smoothed, one line per start. Where it falls, the rate works; where it rises, steps are too large",
    alt: curves.map(({ rates, smooth }, i) => {
      const at = smooth.indexOf(Math.min(...smooth));
      return `Start ${i + 1}: from a loss of ${smooth[0].toPrecision(3)} down to ${smooth[at].toPrecision(3)} at ${
        rates[at].toPrecision(2)
      }.`;
    }).join(" ") + (marks.length === 0 ? "" : ` Marked are ${marks.map(({ label }) => label).join(", ")}.`),
    views: {
      ...FIT,
      height: 260,
      layer: [
        {
          data: { values: values.filter(({ loss }) => loss <= top) },
          mark: { type: "line", strokeWidth: 2, opacity: 0.75, color: COLORS.training },
          encoding: {
            x,
            y: { field: "loss", type: "quantitative", title: "Loss", scale: { zero: false, domainMax: short(top) } },
            detail: { field: "start", type: "nominal" },
            tooltip: [
              { field: "start", title: "Start" },
              { field: "rate", title: "Learning rate", format: ".2~r" },
              { field: "loss", title: "Loss", format: ".3~r" },
            ],
          },
        },
        ...(marks.length === 0 ? [] : [
          {
            data: { values: marks },
            mark: { type: "rule", strokeDash: [4, 3], strokeWidth: 2 },
            encoding: { x, color: markColour(marks) },
          },
          ...marks.map((mark, line) => ({
            // One below the other: rates that are close would be written over each other.
            data: { values: [{ ...mark, line: 18 * line }] },
            mark: {
              type: "text",
              baseline: "top",
              dy: 2,
              fontSize: 13,
              color: INK,
              ...besideLine(mark, marks, values),
            },
            encoding: {
              x,
              y: { field: "line", type: "quantitative", scale: null, axis: null },
              text: { field: "label", type: "nominal" },
            },
          })),
        ]),
      ],
    },
  }, options);
}

function markColour(marks: readonly RateMark[]) {
  const range = [PALETTE[4], PALETTE[2], PALETTE[3]];
  const domain = marks.map(({ label }) => label);
  return { field: "label", type: "nominal", legend: null, scale: { domain, range: range.slice(0, domain.length) } };
}

/** The lowest rate is named to the left of its line, where there is room, so that no name crosses another's line. */
function besideLine({ rate }: RateMark, marks: readonly RateMark[], values: readonly { readonly rate: number }[]) {
  const logs = values.map((value) => Math.log(value.rate));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const room = (Math.log(rate) - low) / (high - low) > 0.35;
  const lowest = marks.length > 1 && rate === Math.min(...marks.map((mark) => mark.rate));
  return lowest && room ? { align: "right", dx: -5 } : { align: "left", dx: 5 };
}

/** The powers of ten that are there. */
function decades(rates: readonly number[]): number[] {
  const low = Math.ceil(Math.log10(Math.min(...rates)) - 0.02),
    high = Math.floor(Math.log10(Math.max(...rates)) + 0.02);
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, i) => Number((10 ** (low + i)).toPrecision(6)));
}
