import { escapeHtml } from "../display/mod.ts";
import { ATTRIBUTES, ELEMENTS, RAW_TEXT, STYLES, SVG_ATTRIBUTES, SVG_ELEMENTS, VOID } from "./_allowed.ts";
import { withoutMetadata } from "./metadata.ts";

export interface SanitiseOptions {
  /** Goes before every id, so that those of several outputs on one page do not meet. */
  readonly idPrefix?: string;
  /** Raster images are replaced with a placeholder. */
  readonly omitImages?: boolean;
}

interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly selfClosing: boolean;
}

/**
 * Lets through the HTML and SVG that results are made of, and nothing that could run, load or leave its place: elements,
 * attributes and styles are on lists, the rest is dropped, every tag is written anew and closed.
 *
 * The page's content security policy stops scripts and loading besides; this keeps foreign markup in its box.
 */
export function sanitise(html: string, options: SanitiseOptions = {}): string {
  const open: string[] = [];
  let out = "";
  let at = 0;
  while (at < html.length) {
    const next = html.indexOf("<", at);
    const text = html.slice(at, next < 0 ? undefined : next);
    out += text.replaceAll(">", "&gt;");
    if (next < 0) break;
    at = next;
    if (html.startsWith("<!--", at)) {
      at = after(html, "-->", at + 4);
    } else if (/[!?]/.test(html[at + 1] ?? "")) {
      at = after(html, ">", at);
    } else if (/^<\/[a-z]/i.test(html.slice(at, at + 3))) {
      const name = /^[^\s/>]*/.exec(html.slice(at + 2, at + 80))![0].toLowerCase();
      at = after(html, ">", at);
      out += close(open, name);
    } else if (/[a-z]/i.test(html[at + 1] ?? "")) {
      const { tag, end } = readTag(html, at);
      at = end;
      if (RAW_TEXT.has(tag.name)) at = afterEndTag(html, tag.name, at);
      else out += write(tag, open, options);
    } else {
      out += "&lt;";
      at++;
    }
  }
  while (open.length > 0) out += `</${open.pop()}>`;
  return out;
}

function write(tag: Tag, open: string[], options: SanitiseOptions): string {
  const { name } = tag;
  const inSvg = name === "svg" || open.includes("svg");
  if (!(inSvg ? SVG_ELEMENTS : ELEMENTS).has(name)) return "";
  if (name === "img") return image(tag, options);
  const attributes = attributesOf(tag, inSvg, options);
  if (VOID.has(name)) return `<${name}${attributes}>`;
  if (inSvg && tag.selfClosing) return `<${name}${attributes}/>`;
  open.push(name);
  return `<${name}${attributes}>`;
}

/** Closes an element and what is open within it; an end tag without a beginning is nothing. */
function close(open: string[], name: string): string {
  const at = open.lastIndexOf(name);
  if (at < 0) return "";
  return open.splice(at).reverse().map((inner) => `</${inner}>`).join("");
}

function attributesOf(tag: Tag, inSvg: boolean, { idPrefix = "" }: SanitiseOptions): string {
  let out = "";
  for (const [name, raw] of tag.attributes) {
    let value: string | null = raw;
    if (name === "style") value = safeStyle(raw);
    else if (name === "id") value = idPrefix + raw;
    else if (/^aria-(labelledby|describedby|controls)$/.test(name)) {
      value = raw.split(/\s+/).map((id) => idPrefix + id).join(" ");
    } else if (name === "href" && tag.name === "a" && !inSvg) value = safeLink(raw);
    else if (name === "tabindex") value = /^(0|-1)$/.test(raw) ? raw : null;
    else if (!isAllowed(name, tag.name, inSvg)) value = null;
    // Within SVG, colours and clips may be references, to its own parts only.
    else if (/url\s*\(/i.test(raw)) {
      value = inSvg && /^url\(#[\w-]+\)$/.test(raw) ? raw.replace("#", `#${idPrefix}`) : null;
    }
    if (value !== null) out += ` ${name}="${escapeHtml(value)}"`;
  }
  return out;
}

function isAllowed(name: string, element: string, inSvg: boolean): boolean {
  if (/^aria-[a-z]+$/.test(name)) return true;
  if (ATTRIBUTES["*"].has(name)) return true;
  return inSvg ? SVG_ATTRIBUTES.has(name) : ATTRIBUTES[element]?.has(name) ?? false;
}

function safeLink(url: string): string | null {
  // deno-lint-ignore no-control-regex -- browsers skip these within a scheme
  const compact = url.replace(/[\u0000-\u0020]/g, "");
  return /^(https?:|mailto:|#)/i.test(compact) ? compact : null;
}

function safeStyle(style: string): string | null {
  const kept = style.split(";").flatMap((declaration) => {
    const colon = declaration.indexOf(":");
    const name = declaration.slice(0, colon).trim().toLowerCase();
    const value = declaration.slice(colon + 1).trim();
    const isSafe = STYLES.test(name) && /^[\w\s.,%#()+*/'"-]*$/.test(value) &&
      !/url\s*\(|image|expression/i.test(value);
    return colon > 0 && isSafe ? [`${name}:${value}`] : [];
  });
  return kept.length > 0 ? kept.join(";") : null;
}

const DATA_IMAGE = /^data:image\/(png|jpeg|webp|gif|avif);base64,([A-Za-z0-9+/=\s]+)$/;

function image(tag: Tag, options: SanitiseOptions): string {
  const alt = tag.attributes.get("alt") ?? "";
  const source = DATA_IMAGE.exec(tag.attributes.get("src")?.trim() ?? "");
  if (source === null || options.omitImages) return placeholder(alt);
  const src = `data:image/${source[1]};base64,${withoutMetadata(source[2])}`;
  const size = ["width", "height"].map((name) => {
    const value = tag.attributes.get(name) ?? "";
    return /^\d{1,5}$/.test(value) ? ` ${name}="${value}"` : "";
  }).join("");
  return `<img src="${src}"${size} alt="${escapeHtml(alt)}" decoding="async">`;
}

/** What stands where a picture was left out. */
export function placeholder(alt: string): string {
  const label = escapeHtml(alt === "" ? "Picture left out" : `Picture left out: ${alt}`);
  return `<span class="left-out" role="img" aria-label="${label}"></span>`;
}

/** Reads the start tag at `at`, as browsers do: quotes may be missing, the first of two equal attributes counts. */
function readTag(html: string, at: number): { tag: Tag; end: number } {
  const name = /^[^\s/>]*/.exec(html.slice(at + 1, at + 80))![0].toLowerCase();
  const attributes = new Map<string, string>();
  const pattern = /[\s/]*([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/y;
  let end = at + 1 + name.length;
  while (end < html.length && !/^[\s/]*>/.test(html.slice(end, end + 64))) {
    pattern.lastIndex = end;
    const match = pattern.exec(html);
    if (match === null || match[0] === "") {
      end++; // a stray character
      continue;
    }
    const key = match[1].toLowerCase();
    if (!attributes.has(key)) attributes.set(key, decode(match[2] ?? match[3] ?? match[4] ?? ""));
    end = pattern.lastIndex;
  }
  const bracket = html.indexOf(">", end);
  const stop = bracket < 0 ? html.length : bracket;
  return { tag: { name, attributes, selfClosing: html[stop - 1] === "/" }, end: stop + 1 };
}

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", colon: ":" };

/** Character references in an attribute's value; unknown names stay as they are. */
function decode(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));?/gi, (whole, hex, decimal, name) => {
    if (name) return NAMED[name.toLowerCase()] ?? whole;
    const code = parseInt(hex ?? decimal, hex ? 16 : 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  });
}

function after(html: string, end: string, from: number): number {
  const found = html.indexOf(end, from);
  return found < 0 ? html.length : found + end.length;
}

function afterEndTag(html: string, name: string, from: number): number {
  const found = html.slice(from).search(new RegExp(`</${name}[\\s/>]`, "i"));
  return found < 0 ? html.length : after(html, ">", from + found);
}
