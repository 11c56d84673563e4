import { createHash } from "node:crypto";
import { escapeHtml } from "./escape.ts";

/** What a page is made of. */
export interface HtmlPageParts {
  /** Plain text. */
  readonly title: string;
  /** CSS. */
  readonly style: string;
  /** HTML, escaped where it must be. */
  readonly body: string;
  /** JavaScript, run after the body in this order. */
  readonly scripts: readonly string[];
  /** Whether elements of the body have styles of their own. */
  readonly styledElements?: boolean;
  /** Whether it fetches images and data from the server that it came from; else it reaches nothing. */
  readonly served?: boolean;
}

/**
 * One HTML file that needs no other: style and scripts are in it. Its policy lets exactly these scripts run, and nothing
 * load from, or be sent to, anywhere else.
 *
 * @returns The page, and its Content-Security-Policy for a server's header.
 */
export function htmlPage(parts: HtmlPageParts): { readonly html: string; readonly policy: string } {
  const { title, style, body, scripts, styledElements = false, served = false } = parts;
  const policy = [
    "default-src 'none'",
    `img-src ${served ? "'self' " : ""}data:`,
    ...(served ? ["connect-src 'self'"] : []),
    `style-src ${styledElements ? "'unsafe-inline'" : hash(style)}`,
    `script-src ${scripts.map(hash).join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Plateau">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${body}
${scripts.map((script) => `<script>${script}</script>`).join("\n")}
</body>
</html>
`;
  return { html, policy };
}

function hash(content: string): string {
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}
