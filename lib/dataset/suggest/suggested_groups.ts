import {
  escapeHtml,
  formatCount,
  type ResultRecord,
  Shown,
  type Table,
  tableHtml,
  tableText,
} from "../../display/mod.ts";
import type { Evidence } from "./_evidence.ts";

/** A way to read groups, and what the pictures say about it. */
export interface GroupPattern extends Evidence {
  /** What images of one group have in common. */
  readonly words: string;
  /** Groups of two or more images, and images in them. */
  readonly groups: number;
  readonly images: number;
  /** Of the largest group. */
  readonly largest: number;
  /** p, corrected for the number of patterns (Holm). */
  readonly corrected: number;
  /** Whether the pictures bear it out. */
  readonly supported: boolean;
}

/** Groups that file names and pictures suggest, for a person to look through. Displays itself as a table. */
export class SuggestedGroups extends Shown {
  /** Rows of the group file: images in groups of two or more, sorted by path. */
  readonly rows: readonly { readonly path: string; readonly group: string }[];
  /** Ways to read groups that were tried, the best supported first. */
  readonly patterns: readonly GroupPattern[];
  /** The pattern that the groups follow, or null where only near-duplicates were found. */
  readonly chosen: GroupPattern | null;
  /** Sets of (nearly) the same picture that were put together. */
  readonly nearSets: number;
  /** Images of the data set. */
  readonly n: number;
  /** Whether the data set has groups already. */
  readonly known: boolean;

  constructor(parts: Pick<SuggestedGroups, "rows" | "patterns" | "chosen" | "nearSets" | "n" | "known">) {
    super();
    this.rows = parts.rows;
    this.patterns = parts.patterns;
    this.chosen = parts.chosen;
    this.nearSets = parts.nearSets;
    this.n = parts.n;
    this.known = parts.known;
  }

  /** Distinct groups among the rows. */
  get groups(): number {
    return new Set(this.rows.map(({ group }) => group)).size;
  }

  /** The group file: CSV with the columns `file_name` and `group`. Images that are not in it stand alone. */
  csv(): string {
    return ["file_name,group", ...this.rows.map(({ path, group }) => `${cell(path)},${cell(group)}`)].join("\n") + "\n";
  }

  override html(): string {
    return `<p class="plateau-note">${escapeHtml(this.#note())}</p>` +
      (this.patterns.length > 0 ? tableHtml(this.#table()) : "");
  }

  override text(): string {
    return this.#note() + (this.patterns.length > 0 ? `\n${tableText(this.#table())}` : "");
  }

  override record(): ResultRecord {
    return this.patterns.length > 0 ? { tables: [this.#table()] } : {};
  }

  #note(): string {
    if (this.rows.length === 0) {
      return "Neither file names nor pictures suggest groups. That does not rule out that there are some.";
    }
    const many = (n: number, word: string) => `${formatCount(n)} ${word}${n === 1 ? "" : "s"}`;
    const how = [
      ...(this.chosen ? [`by ${this.chosen.words}`] : []),
      ...(this.nearSets > 0 ? [`${many(this.nearSets, "set")} of nearly the same picture`] : []),
    ].join(", and ");
    return `Suggested: ${many(this.groups, "group")} with together ${formatCount(this.rows.length)} of ` +
      `${many(this.n, "image")} (${how}).` +
      (this.known ? " The groups that the data set names stay in use; this is what would be found without them." : "");
  }

  #table(): Table {
    return {
      id: "group-patterns",
      title: "What could tell which images belong together",
      columns: [
        { key: "pattern", label: "What a group has in common" },
        { key: "groups", label: "Groups", unit: "count" },
        { key: "images", label: "Images", unit: "count" },
        { key: "largest", label: "Largest", unit: "count" },
        { key: "closer", label: "Closer", unit: "share" },
        { key: "p", label: "p" },
        { key: "verdict", label: "Borne out" },
      ],
      rows: this.patterns.slice(0, 12).map(({ words, groups, images, largest, closer, corrected, supported }) => ({
        pattern: words.replace(/^(the|a) /, ""),
        groups,
        images,
        largest,
        closer,
        p: corrected < 0.01 ? "<\u00a00.01" : corrected.toFixed(2),
        verdict: supported ? "yes" : "no",
      })),
    };
  }
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
