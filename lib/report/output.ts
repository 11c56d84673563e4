import { escapeHtml, RECORD_MIME } from "../display/mod.ts";
import type { MimeBundle, Output } from "../notebook/mod.ts";
import { ansiToHtml } from "./ansi.ts";
import { chartHtml } from "./chart.ts";
import type { MarkdownRenderer } from "./markdown.ts";
import { withoutMetadata } from "./metadata.ts";
import { placeholder, sanitise } from "./sanitise.ts";

export interface OutputContext {
  /** Unique on the page. */
  readonly id: string;
  readonly markdown: MarkdownRenderer;
  readonly omitImages: boolean;
}

/** MIME types that pages draw as charts. */
export const VEGALITE = /^application\/vnd\.vegalite\.v\d+(\.\d+)*\+json$/;
const RASTER = /^image\/(png|jpeg|webp|gif|avif)$/;

/** One output of a cell as HTML: the richest of its forms. Empty where it has nothing to show. */
export function outputHtml(output: Output, context: OutputContext): string {
  switch (output.output_type) {
    case "stream":
      return output.text.trim() === ""
        ? ""
        : `<pre class="stream ${output.name === "stderr" ? "stderr" : "stdout"}" tabindex="0">${
          ansiToHtml(joined(output.text).replace(/\n+$/, ""))
        }</pre>`;
    case "error":
      return errorHtml(output.ename, output.evalue, output.traceback);
    default:
      return bundleHtml(output.data, context);
  }
}

/** What a cell threw: the sentence first, the trace for those who ask. */
export function errorHtml(name: string, message: string, traceback: readonly string[]): string {
  const trace = traceback.join("\n").trim();
  const details = trace === ""
    ? ""
    : `<details><summary>Where it happened</summary><pre tabindex="0">${ansiToHtml(trace)}</pre></details>`;
  return `<div class="failure" role="note"><p class="failure-name">${escapeHtml(name)}</p>` +
    `<p class="failure-message">${ansiToHtml(message)}</p>${details}</div>`;
}

function bundleHtml(data: MimeBundle, { id, markdown, omitImages }: OutputContext): string {
  if (isFooterOnly(data[RECORD_MIME])) return ""; // the foot of the page says it
  const spec = Object.entries(data).find(([type]) => VEGALITE.test(type))?.[1] ?? null;
  const plain = joined(data["text/plain"]);
  const svg = "image/svg+xml" in data ? joined(data["image/svg+xml"]) : null;
  if (spec !== null) return chartHtml({ spec, svg, text: plain }, id);
  if ("text/html" in data) {
    const html = sanitise(joined(data["text/html"]), { idPrefix: `${id}-`, omitImages });
    return html.trim() === "" ? "" : `<div class="rich">${html}</div>`;
  }
  if (svg !== null) return chartHtml({ spec: null, svg, text: plain }, id);
  const raster = Object.keys(data).find((type) => RASTER.test(type));
  if (raster) return imageHtml(raster, joined(data[raster]), plain, omitImages);
  if ("text/markdown" in data) return `<div class="rich prose">${markdown.render(joined(data["text/markdown"]))}</div>`;
  const json = data["application/json"];
  if (json !== undefined) return pre(JSON.stringify(json, null, 2));
  return plain.trim() === "" ? "" : pre(plain);
}

function isFooterOnly(record: unknown): boolean {
  return typeof record === "object" && record !== null && Object.keys(record).join() === "footer";
}

function imageHtml(type: string, base64: string, alt: string, omit: boolean): string {
  if (omit || !/^[A-Za-z0-9+/=\s]+$/.test(base64)) return `<figure class="picture">${placeholder(alt)}</figure>`;
  const source = `data:${type};base64,${withoutMetadata(base64.replace(/\s/g, ""))}`;
  return `<figure class="picture"><img src="${source}" alt="${escapeHtml(alt)}" decoding="async"></figure>`;
}

function pre(text: string): string {
  return `<pre class="value" tabindex="0">${ansiToHtml(text.replace(/\n+$/, ""))}</pre>`;
}

/** nbformat may keep a text as a list of its lines. */
function joined(text: unknown): string {
  return [text ?? ""].flat().map((part) => typeof part === "string" ? part : JSON.stringify(part)).join("");
}
