import { escapeHtml, escapeTerminal, formatShare, type ResultRecord, Shown, type Table } from "../../display/mod.ts";
import { chanceAdjusted } from "./chance_adjusted.ts";
import { EXPECTED_KINDS } from "./expectation.ts";
import { differences } from "./nearest.ts";
import type { LiteratureRow, Setting } from "./types.ts";
import { KIND_LABELS, perClass, shortCitation } from "./_words.ts";

/** Each row with where it was published, for the report's data. */
export function sourceTable(rows: readonly LiteratureRow[], setting: Setting): Table {
  return {
    id: "literature-rows",
    title: "Published accuracies that are comparable",
    columns: [
      { key: "dataset", label: "Data set" },
      { key: "kind", label: "Kind" },
      { key: "method", label: "Method" },
      { key: "classes", label: "Classes", unit: "count" },
      { key: "images", label: "Images per class", unit: "number" },
      { key: "accuracy", label: "Accuracy", unit: "share" },
      { key: "adjusted", label: "Adjusted for chance", unit: "share" },
      { key: "differs", label: "What is different" },
      { key: "source", label: "Source" },
      { key: "url", label: "Link" },
      { key: "verified", label: "Read at" },
      { key: "file", label: "Your file" },
    ],
    rows: rows.map((row) => ({
      dataset: row.dataset,
      kind: KIND_LABELS[row.methodKind],
      method: row.method,
      classes: row.classes,
      images: row.imagesPerClassTrain,
      accuracy: row.accuracy,
      adjusted: chanceAdjusted(row.accuracy, row.classes),
      differs: differences(row, setting).join("; "),
      source: sourceText(row),
      url: row.citation.url,
      verified: row.verifiedAt,
      file: row.file,
    })),
  };
}

/** The rows used, those of one data set, size and source as one line, with links. */
export class Sources extends Shown {
  readonly #rows: readonly LiteratureRow[];
  readonly #setting: Setting;

  constructor(rows: readonly LiteratureRow[], setting: Setting) {
    super();
    this.#rows = rows;
    this.#setting = setting;
  }

  override html(): string {
    if (this.#rows.length === 0) return `<p class="plateau-note">${NONE}</p>`;
    const parts = this.#lines().map(({ kind, lines }) => {
      const items = lines.map(({ first, where, accuracy, methods, differs }) =>
        `<li><strong>${escapeHtml(accuracy)}</strong> on ${escapeHtml(`${where}: ${methods}.`)} ${sourceHtml(first)}${
          differs === "" ? "" : ` <span class="plateau-basis">${escapeHtml(`What is different: ${differs}.`)}</span>`
        }</li>`
      );
      return `<p class="plateau-title">${escapeHtml(kind)}</p><ul class="plateau-evidence">${items.join("")}</ul>`;
    });
    return `<div class="plateau-sources">${parts.join("")}</div>`;
  }

  override text(): string {
    if (this.#rows.length === 0) return NONE;
    return this.#lines().flatMap(({ kind, lines }) => [
      `${kind}:`,
      ...lines.map(({ first, where, accuracy, methods }) =>
        escapeTerminal(
          `  ${accuracy} on ${where}: ${methods}. ${sourceText(first)} ${first.citation.url ?? ""}`.trimEnd(),
        )
      ),
    ]).join("\n");
  }

  override record(): ResultRecord {
    return { tables: [sourceTable(this.#rows, this.#setting)] };
  }

  /** By kind, the nearest first. */
  #lines() {
    const kinds = Map.groupBy(this.#rows, ({ methodKind }) => methodKind);
    return EXPECTED_KINDS.flatMap((kind) => {
      const rows = kinds.get(kind);
      if (!rows) return [];
      const groups = Map.groupBy(
        rows,
        (row) => JSON.stringify([row.dataset, row.classes, row.imagesPerClassTrain, row.citation]),
      );
      return [{ kind: KIND_LABELS[kind], lines: [...groups.values()].map((some) => this.#line(some)) }];
    });
  }

  #line(rows: readonly LiteratureRow[]) {
    const sorted = rows.toSorted((a, b) => b.accuracy - a.accuracy);
    const [best] = sorted;
    const [high, low] = [best, sorted[sorted.length - 1]].map(({ accuracy }) => formatShare(accuracy));
    return {
      first: best,
      where: `${best.dataset}, ${best.classes} classes${trainedOn(best)}`,
      accuracy: high === low ? high : `${low} to ${high}`,
      methods: rows.length <= 3
        ? sorted.map(({ method }) => method).join("; ")
        : `${rows.length} methods, the best: ${best.method}`,
      differs: [...new Set(rows.flatMap((row) => differences(row, this.#setting)))].join("; "),
    };
  }
}

const NONE = "No published accuracy is comparable.";

function trainedOn(row: LiteratureRow): string {
  return row.methodKind === "human" ? "" : `, ${perClass(row.imagesPerClassTrain)} images per class`;
}

/** "Brigato et al. 2022, Image Classification with Small Datasets, IEEE Access". */
function sourceText({ citation }: LiteratureRow): string {
  return [shortCitation(citation), citation.title, citation.venue].filter(Boolean).join(", ");
}

function sourceHtml({ citation, file, verifiedAt }: LiteratureRow): string {
  const short = escapeHtml(shortCitation(citation));
  const link = citation.url === null
    ? short
    : `<a href="${escapeHtml(citation.url)}" rel="noopener noreferrer">${short}</a>`;
  const read = [verifiedAt ?? "", file === null ? "" : `your ${file}`].filter((part) => part !== "").join("; ");
  return `${link}, ${escapeHtml(citation.title)}.${
    read === "" ? "" : ` <span class="plateau-basis">Read: ${escapeHtml(read)}.</span>`
  }`;
}
