import * as vega from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
import { escapeHtml } from "../display/mod.ts";
import { textWidth } from "./_text_width.ts";

/** A drawn chart, and what Vega had to say about its specification. */
export interface Rendering {
  readonly svg: string;
  /** Empty for a sound specification. */
  readonly warnings: readonly string[];
}

/** Draws a Vega-Lite specification as SVG, without a browser. Expressions are interpreted, never compiled to code. */
export async function renderSvg(spec: TopLevelSpec, title: string, alt: string): Promise<Rendering> {
  const warnings: string[] = [];
  const logger = collectingLogger(warnings);
  // A copy: Vega marks the rows of the data as its own.
  const { spec: compiled } = compile(structuredClone(spec), { logger });
  const runtime = vega.parse(compiled, undefined, { ast: true });
  useTextWidths();
  const view = new vega.View(runtime, { renderer: "none", expr: expressionInterpreter, logger });
  try {
    const svg = await view.toSVG();
    return { svg: describe(svg, title, alt), warnings };
  } finally {
    view.finalize();
  }
}

/** Says what the picture shows to those who don't see it. */
function describe(svg: string, title: string, alt: string): string {
  const label = escapeHtml(`${title}. ${alt}`);
  return svg.replace("<svg ", `<svg role="img" aria-label="${label}" `);
}

/** Vega measures text with a canvas, or guesses badly; here is none. */
function useTextWidths(): void {
  // Exported, but not in its types.
  const { textMetrics } = vega as unknown as { textMetrics: { width: (item: TextItem, text: unknown) => number } };
  textMetrics.width = (item, text) => {
    const lines = [text ?? item.text ?? ""].flat().map(String);
    const bold = Number(item.fontWeight) >= 600 || item.fontWeight === "bold" ? 1.06 : 1;
    return bold * Math.max(0, ...lines.map((line) => textWidth(line, item.fontSize ?? 11)));
  };
}

interface TextItem {
  readonly text?: unknown;
  readonly fontSize?: number;
  readonly fontWeight?: number | string;
}

function collectingLogger(warnings: string[]): vega.LoggerInterface {
  const collect = (...messages: readonly unknown[]) => {
    warnings.push(messages.map(String).join(" "));
    return logger;
  };
  const ignore = () => logger;
  const logger = {
    level: (value?: number) => value === undefined ? vega.Warn : logger,
    error: collect,
    warn: collect,
    info: ignore,
    debug: ignore,
  } as vega.LoggerInterface;
  return logger;
}
