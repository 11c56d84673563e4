import type { Config } from "vega-lite";

/**
 * The palette of Okabe and Ito (2008), which people with colour vision deficiencies can tell apart; without its black,
 * and yellow, pale on white, last.
 */
export const PALETTE = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#f0e442"] as const;

/** The same meaning has the same colour in all charts. */
export const COLORS = {
  training: PALETTE[1],
  validation: PALETTE[0],
  development: PALETTE[0],
  sealed: PALETTE[1],
  model: PALETTE[0],
  baseline: PALETTE[1],
  human: PALETTE[2],
  chance: "#808080",
  byGroup: PALETTE[0],
  byImage: PALETTE[4],
  heat: PALETTE[0],
} as const;

/** Width of a whole chart in pixels, axes included. Not more, or its text would be too small on a phone. */
export const CHART_WIDTH = 560;

/** The colour of the text around the chart, so that it is legible on light, dark and paper. Needs the SVG renderer. */
export const INK = "currentColor";

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** What all charts look like. */
export const THEME: Config = {
  background: "transparent",
  font: FONT,
  // One text describes the whole chart; hundreds of described marks would drown it.
  aria: false,
  // As `lib/display` writes numbers; the type leaves out what the front ends' schema has.
  locale: {
    number: {
      decimal: ".",
      thousands: "\u202f",
      grouping: [3],
      currency: ["", ""],
      minus: "\u2212",
      percent: "\u00a0%",
    },
  },
  padding: 6,
  view: { stroke: null },
  axis: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 13,
    titleFontSize: 13,
    titleFontWeight: 500,
    titlePadding: 8,
    labelPadding: 5,
    // Long names are cut by `shortened` instead: Vega guesses widths without a canvas, and cuts what would fit.
    labelLimit: 0,
    labelFlush: false,
    domainColor: INK,
    domainOpacity: 0.5,
    tickColor: INK,
    tickOpacity: 0.5,
    gridColor: INK,
    gridOpacity: 0.14,
  },
  legend: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 13,
    titleFontSize: 13,
    titleFontWeight: 500,
    labelLimit: 0,
    orient: "top",
    symbolStrokeWidth: 2,
    offset: 8,
  },
  title: {
    color: INK,
    subtitleColor: INK,
    fontSize: 15,
    fontWeight: 600,
    subtitleFontSize: 13,
    subtitlePadding: 5,
    anchor: "start",
    frame: "bounds",
    offset: 12,
  },
  text: { color: INK, fontSize: 12 },
  rule: { color: INK },
};
