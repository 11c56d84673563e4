import { Marked } from "marked";
import { escapeHtml } from "../display/mod.ts";

/** A heading of a page, for its list of contents. */
export interface Heading {
  readonly level: number;
  /** Plain text. */
  readonly text: string;
  readonly id: string;
}

const LINK = /^(https?:|mailto:|#|[\w./-]+\.html(#[\w-]*)?$)/i;

/**
 * Turns Markdown (GitHub's) into HTML, page by page: ids of headings are unique within one. Raw HTML shows as text, links
 * lead to the web or within the report, pictures other than embedded ones become their description.
 */
export class MarkdownRenderer {
  readonly headings: Heading[] = [];
  readonly #ids = new Set<string>();
  readonly #marked: Marked;

  constructor() {
    const { headings } = this;
    const unique = (text: string) => this.#unique(text);
    this.#marked = new Marked({ gfm: true, async: false }, {
      renderer: {
        html: ({ text }) => escapeHtml(text),
        heading({ tokens, depth, text }) {
          const html = this.parser.parseInline(tokens);
          const plain = plainText(html) || text;
          const id = unique(plain);
          headings.push({ level: depth, text: plain, id });
          return `<h${depth} id="${id}">${html}<a class="anchor" href="#${id}" aria-label="Link to this heading">#</a></h${depth}>\n`;
        },
        link({ href, title, tokens }) {
          const html = this.parser.parseInline(tokens);
          if (!LINK.test(href.trim())) return html;
          const hint = title ? ` title="${escapeHtml(title)}"` : "";
          return `<a href="${escapeHtml(href.trim())}"${hint} rel="noreferrer">${html}</a>`;
        },
        image({ href, text }) {
          const isEmbedded = /^data:image\/(png|jpeg|webp|gif|avif);base64,[A-Za-z0-9+/=]+$/.test(href);
          return isEmbedded ? `<img src="${href}" alt="${escapeHtml(text)}">` : escapeHtml(text);
        },
        table(token) {
          const cell = (name: string, inner: typeof token.header[number]) =>
            `<${name}${inner.align ? ` style="text-align:${inner.align}"` : ""}>${
              this.parser.parseInline(inner.tokens)
            }</${name}>`;
          const head = token.header.map((inner) => cell("th", inner)).join("");
          const body = token.rows.map((row) => `<tr>${row.map((inner) => cell("td", inner)).join("")}</tr>`).join("");
          return `<div class="plateau-table" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
        },
      },
    });
  }

  render(markdown: string): string {
    return this.#marked.parse(markdown) as string;
  }

  #unique(text: string): string {
    const base = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "") || "section";
    let id = base;
    for (let n = 2; this.#ids.has(id); n++) id = `${base}-${n}`;
    this.#ids.add(id);
    return id;
  }
}

function plainText(html: string): string {
  return html.replace(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'").replaceAll("&amp;", "&").trim();
}
