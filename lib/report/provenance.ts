import { escapeHtml } from "../display/mod.ts";

/** The foot of a page: what was computed with what, line by line. */
export function provenanceHtml(lines: Readonly<Record<string, string>>): string {
  const items = Object.entries(lines).filter(([, text]) => text !== "")
    .map(([label, text]) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(text)}</dd></div>`);
  return `<h2 id="provenance">How this was made</h2><dl>${items.join("")}</dl>`;
}

/** The lines of one notebook. */
export interface NamedLines {
  readonly name: string;
  readonly lines: Readonly<Record<string, string>>;
}

/** Lines of several notebooks as one. What all say alike stands once; where they differ, each says whose it is. */
export function mergedLines(all: readonly NamedLines[]): Record<string, string> {
  const merged = new Map<string, Map<string, string[]>>();
  for (const { name, lines } of all) {
    for (const [label, text] of Object.entries(lines)) {
      const texts = merged.get(label) ?? new Map<string, string[]>();
      texts.set(text, [...texts.get(text) ?? [], name.replace(/_.*/, "")]);
      merged.set(label, texts);
    }
  }
  return Object.fromEntries([...merged].map(([label, texts]) => [
    label,
    texts.size === 1
      ? [...texts.keys()][0]
      : [...texts].map(([text, names]) => `${text} (notebook ${names.join(", ")})`).join("; "),
  ]));
}
