import { compile, type TopLevelSpec } from "vega-lite";
import { escapeHtml } from "../display/mod.ts";
import { sanitise } from "./sanitise.ts";
import { jsonBlock } from "./_html.ts";

/** A chart as a notebook left it. */
export interface ChartSource {
  /** Vega-Lite; null where there is only the picture. */
  readonly spec: unknown;
  /** Null where there is only the specification. */
  readonly svg: string | null;
  /** What to say where neither can be shown. */
  readonly text: string;
}

/**
 * A chart in a page: the picture, and where scripts run, the specification that `page.js` draws over it. Vega-Lite is
 * compiled to Vega here, so that the page need only carry Vega.
 *
 * @param id Unique on the page.
 */
export function chartHtml(source: ChartSource, id: string): string {
  const { svg, text } = source;
  const still = svg === null
    ? `<p class="plateau-note">${escapeHtml(text)}</p>`
    : sanitise(svg, { idPrefix: `${id}-` });
  const vega = source.spec === null ? null : compiled(source.spec);
  if (vega === null) return `<figure class="chart">${still}</figure>`;
  return `<figure class="chart" data-chart="${id}"><div class="chart-view">${still}</div></figure>` +
    jsonBlock(`${id}-spec`, vega);
}

/** Null where it is no specification that can be compiled: the picture then has to do. */
function compiled(spec: unknown): unknown {
  try {
    return compile(structuredClone(spec) as TopLevelSpec, { logger: SILENT }).spec;
  } catch {
    return null;
  }
}

const ignore = () => SILENT;
// deno-lint-ignore no-explicit-any -- Vega's logger is its own type in each of its packages
const SILENT: any = { level: ignore, error: ignore, warn: ignore, info: ignore, debug: ignore };
