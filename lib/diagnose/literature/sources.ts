import { escapeHtml, escapeTerminal, formatShare, type ResultRecord, Shown, type Table } from "../../display/mod.ts";
import { listed } from "../_words.ts";
import { chanceAdjusted } from "./chance_adjusted.ts";
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
    if (this.#rows.length === 0) return '<p class="plateau-note">No published accuracy is comparable.</p>';
    const head = ["Data set", "Accuracy", "Method", "What is different", "Source"]
      .map((label) => `<th scope="col" style="text-align:left">${label}</th>`).join("");
    const cell = (html: string) => `<td style="text-align:left">${html}</td>`;
    const body = this.#lines().map(({ first, dataset, accuracy, methods, differs }) =>
      `<tr>${cell(dataset)}${cell(accuracy)}${cell(escapeHtml(methods))}${cell(escapeHtml(differs))}${
        cell(sourceHtml(first))
      }</tr>`
    ).join("");
    return '<div class="plateau-table" tabindex="0" role="region" aria-label="Published accuracies that are comparable">' +
      `<table><caption>Published accuracies that are comparable, the nearest first</caption>` +
      `<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
  }

  override text(): string {
    if (this.#rows.length === 0) return "No published accuracy is comparable.";
    return this.#lines().map(({ first, accuracy, methods }) =>
      escapeTerminal(
        `${KIND_LABELS[first.methodKind]}: ${first.dataset}, ${first.classes} classes` +
          `${trainedOn(first)}: ${accuracy} (${methods}). ${sourceText(first)} ${first.citation.url ?? ""}`.trimEnd(),
      )
    ).join("\n");
  }

  override record(): ResultRecord {
    return { tables: [sourceTable(this.#rows, this.#setting)] };
  }

  #lines() {
    const groups = Map.groupBy(
      this.#rows,
      (row) => JSON.stringify([row.methodKind, row.dataset, row.classes, row.imagesPerClassTrain, row.citation]),
    );
    return [...groups.values()].map((rows) => {
      const [first] = rows;
      const sorted = rows.toSorted((a, b) => b.accuracy - a.accuracy);
      const [high, low] = [sorted[0], sorted[sorted.length - 1]].map(({ accuracy }) => formatShare(accuracy));
      return {
        first,
        dataset: `<strong>${escapeHtml(KIND_LABELS[first.methodKind])}</strong><br>${
          escapeHtml(`${first.dataset}, ${first.classes} classes${trainedOn(first)}`)
        }`,
        accuracy: rows.length === 1 ? high : `${low} to ${high}`,
        methods: rows.length <= 3
          ? sorted.map(({ method }) => method).join("; ")
          : `${rows.length} methods, the best: ${sorted[0].method}`,
        differs: listed([...new Set(rows.flatMap((row) => differences(row, this.#setting)))], 8),
      };
    });
  }
}

function trainedOn(row: LiteratureRow): string {
  return row.methodKind === "human" ? "" : `, ${perClass(row.imagesPerClassTrain)} images per class`;
}

/** "Brigato et al. 2022, Image Classification with Small Datasets, IEEE Access". */
function sourceText({ citation }: LiteratureRow): string {
  return [shortCitation(citation), citation.title, citation.venue].filter(Boolean).join(", ");
}

function sourceHtml(row: LiteratureRow): string {
  const { citation, file, verifiedAt } = row;
  const short = escapeHtml(shortCitation(citation));
  // The text names the address too, for paper.
  const link = citation.url === null
    ? short
    : `<a href="${escapeHtml(citation.url)}" rel="noopener noreferrer">${short}</a>`;
  const rest = [citation.title, file === null ? "" : `from ${file}`].filter((part) => part !== "").join("; ");
  return `${link}<br><span class="plateau-basis">${escapeHtml(rest)}${
    verifiedAt === null ? "" : `; read at ${escapeHtml(verifiedAt)}`
  }</span>`;
}
