import { escapeHtml } from "../display/mod.ts";
import { policyHash, runtime } from "./_runtime.ts";

/** A page without what all pages share. */
export interface PageParts {
  readonly title: string;
  /** HTML. */
  readonly header: string;
  readonly main: string;
  readonly footer: string;
}

/**
 * One file that needs no other: style and scripts are in it. Its policy lets exactly these scripts run, nothing load, and
 * nothing be sent.
 */
export async function pageHtml({ title, header, main, footer }: PageParts): Promise<string> {
  const { style, scripts } = await runtime();
  const hasCharts = main.includes("data-chart=");
  const used = scripts.filter(({ forCharts }) => hasCharts || !forCharts).map(({ text }) => text);
  const policy = [
    "default-src 'none'",
    "img-src data:",
    "style-src 'unsafe-inline'",
    `script-src ${used.map(policyHash).join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
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
<style>
${style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="masthead">${header}</header>
<main id="content" tabindex="-1">
${main}
</main>
<footer class="colophon">${footer}</footer>
${used.map((text) => `<script>${text}</script>`).join("\n")}
</body>
</html>
`;
}
