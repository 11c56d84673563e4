import { Buffer } from "node:buffer";
import { escapeHtml, escapeTerminal } from "./escape.ts";
import { Shown } from "./shown.ts";

/** One picture of a grid. */
export interface GridImage {
  /** The encoded picture. */
  readonly src: Uint8Array;
  readonly mime: "image/jpeg" | "image/webp" | "image/png";
  /** What it shows, for those who don't see it. */
  readonly alt: string;
  readonly caption?: string;
}

/** Pictures in labelled rows. */
export interface GridContent {
  readonly title: string;
  /** What the grid shows as a whole. */
  readonly alt?: string;
  readonly rows: readonly { readonly label: string; readonly images: readonly GridImage[] }[];
}

/** Small pictures in labelled rows, as one row per class. Labels, captions and alt texts are escaped. */
export class ImageGrid extends Shown {
  readonly content: GridContent;

  constructor(content: GridContent) {
    super();
    this.content = content;
  }

  override html(): string {
    const { title, alt, rows } = this.content;
    const parts = rows.map(({ label, images }) =>
      `<div class="plateau-grid-row"><div class="plateau-grid-label">${escapeHtml(label)}</div>` +
      `<div class="plateau-grid-images">${images.map(imageHtml).join("")}</div></div>`
    );
    return `<div class="plateau-grid" role="group" aria-label="${escapeHtml(alt ?? title)}">` +
      `<p class="plateau-title">${escapeHtml(title)}</p>${parts.join("")}</div>`;
  }

  override text(): string {
    const { title, alt, rows } = this.content;
    return [
      title,
      ...(alt === undefined ? [] : [alt]),
      ...rows.map(({ label, images }) =>
        `  ${label}: ${images.length} ${images.length === 1 ? "picture" : "pictures"}`
      ),
    ].map(escapeTerminal).join("\n");
  }
}

function imageHtml({ src, mime, alt, caption }: GridImage): string {
  const data = Buffer.from(src.buffer, src.byteOffset, src.byteLength).toString("base64");
  // Inline elements and attributes: a notebook that is not trusted loses its styles, and still shows rows of pictures.
  return `<span class="plateau-picture"><img src="data:${mime};base64,${data}" width="80" height="80" ` +
    `alt="${escapeHtml(alt)}">` +
    (caption === undefined ? "" : `<span class="plateau-caption">${escapeHtml(caption)}</span>`) + "</span> ";
}
