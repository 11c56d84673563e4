import { escapeHtml, formatSeconds } from "../display/mod.ts";
import type { Cell, ExecutedNotebook } from "../notebook/mod.ts";
import { dateText } from "./_html.ts";
import { highlight } from "./code.ts";
import { type Heading, MarkdownRenderer } from "./markdown.ts";
import { errorHtml, outputHtml } from "./output.ts";
import { pageHtml } from "./page.ts";
import { provenanceHtml } from "./provenance.ts";
import { cellNumbers, titleOf } from "./results.ts";

/** A neighbour that a page links to. */
export interface PageLink {
  readonly title: string;
  readonly page: string;
}

export interface NotebookPageOptions {
  /** The data set's name. */
  readonly dataset: string;
  /** When it ended: ISO 8601, UTC. */
  readonly at: string;
  readonly previous?: PageLink;
  readonly next?: PageLink;
  /** Leave pictures out; charts stay. */
  readonly omitImages?: boolean;
  /** Labelled lines for the foot of the page. */
  readonly provenance?: Readonly<Record<string, string>>;
}

/**
 * An executed notebook as one self-contained HTML page. Give it redacted: what is in the notebook is in the page.
 */
export async function renderNotebook(notebook: ExecutedNotebook, options: NotebookPageOptions): Promise<string> {
  const markdown = new MarkdownRenderer();
  const numbers = cellNumbers(notebook);
  const cells = notebook.cells.map((cell, index) => cellHtml(cell, index, numbers[index], markdown, options));
  const title = titleOf(notebook);
  const hasTitle = markdown.headings.some(({ level }) => level === 1);
  const { dataset, at, previous, next } = options;
  const neighbour = (link: PageLink | undefined, rel: string, arrow: string) =>
    link === undefined
      ? "<span></span>"
      : `<a class="${rel}" rel="${rel}" href="${escapeHtml(link.page)}"><small>${arrow}</small> ${
        escapeHtml(link.title)
      }</a>`;
  return await pageHtml({
    title: `${title} – ${dataset} – Plateau`,
    header: `<a class="wordmark" href="index.html">Plateau</a><span class="crumb">${escapeHtml(dataset)}</span>` +
      `<button type="button" data-toggle-code aria-pressed="false" hidden>Show all code</button>`,
    main: `<article class="notebook">
<p class="eyebrow">Notebook ${escapeHtml(notebook.name.replace(/_.*/, ""))}</p>
${hasTitle ? "" : `<h1>${escapeHtml(title)}</h1>`}
${failureHtml(notebook)}
${withContents(cells, markdown.headings)}
</article>
<nav class="neighbours" aria-label="Notebooks">${neighbour(previous, "prev", "Before")}${
      neighbour(next, "next", "Next")
    }</nav>`,
    footer: provenanceHtml({
      "Notebook": `${notebook.name}, ran ${formatSeconds(notebook.seconds)}, ${dateText(at)}`,
      ...options.provenance,
    }),
  });
}

function cellHtml(
  cell: Cell,
  index: number,
  number: number | null,
  markdown: MarkdownRenderer,
  options: NotebookPageOptions,
): string {
  if (cell.cell_type === "markdown") return `<section class="prose">${markdown.render(cell.source)}</section>`;
  if (cell.cell_type === "raw") return "";
  const outputs = cell.outputs.map((output, i) =>
    outputHtml(output, { id: `c${index}-${i}`, markdown, omitImages: options.omitImages ?? false })
  ).filter((html) => html !== "");
  const label = number === null ? "Settings of this run" : `Code <span class="number">${number}</span>`;
  return `<section class="cell"${number === null ? "" : ` id="cell-${number}"`}>` +
    (cell.source.trim() === "" ? "" : `<details class="code"><summary>${label}</summary>` +
      `<pre tabindex="0"><code>${highlight(cell.source)}</code></pre></details>`) +
    (outputs.length === 0 ? "" : `<div class="outputs">${outputs.join("\n")}</div>`) +
    "</section>";
}

/** The list of contents goes below the title: after the first cell. */
function withContents(cells: readonly string[], headings: readonly Heading[]): string {
  const sections = headings.filter(({ level }) => level === 2);
  if (sections.length < 3) return cells.join("\n");
  const items = sections.map(({ id, text }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`).join("");
  const contents = `<nav class="contents" aria-label="On this page"><ol>${items}</ol></nav>`;
  return [cells[0], contents, ...cells.slice(1)].join("\n");
}

/** A failure that no cell shows as its output, as when the kernel was killed, and what it means for the page. */
function failureHtml({ status, failure, cells }: ExecutedNotebook): string {
  if (failure === null) return "";
  const where = failure.cell === 0
    ? "before its first cell"
    : `in <a href="#cell-${failure.cell}">cell ${failure.cell}</a>`;
  const isShown = cells.some((cell) => cell.outputs.some((output) => output.output_type === "error"));
  return `<div class="banner banner-${status}" role="note"><p><strong>${
    status === "interrupted" ? "Interrupted" : "Failed"
  } ${where}.</strong> What was finished by then follows.</p>${
    isShown || status === "interrupted" ? "" : errorHtml(failure.name, failure.message, failure.traceback)
  }</div>`;
}
