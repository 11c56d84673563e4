import { escapeHtml, type Figure, type Rung } from "../display/mod.ts";
import type { ChartSource } from "./chart.ts";
import type { IndexCharts } from "./_index_charts.ts";
import type { Located } from "./_located.ts";
import type { NotebookResult } from "./results.ts";

/** An accuracy with its place on the ladder. */
export interface LadderRung extends Located<Figure> {
  readonly rung: Rung;
  /** What it is called there. */
  readonly of: string;
}

/** The ladder as the index shows it. */
export interface LadderSource {
  readonly chart: ChartSource;
  /** What is missing and how to get it, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * All accuracies that a notebook marked as rungs, one for each thing: of a hold-out and a cross-validation of one model
 * the one on more images, of equals the later. What a figure is of says its `of`; one without is known by a part of its
 * id that another figure names, as "thread-cnn" in "cross-validated.thread-cnn.accuracy".
 */
export function ladderRungs(results: readonly NotebookResult[]): LadderRung[] {
  const all = results.flatMap((result) =>
    result.figures.flatMap((item) =>
      item.rung === undefined || !Number.isFinite(item.value) ? [] : [{ item, result, rung: item.rung }]
    )
  );
  const named = new Set(all.flatMap(({ item }) => item.of === undefined ? [] : [item.of]));
  const byThing = new Map<string, LadderRung>();
  for (const rung of all) {
    const { item } = rung;
    const thing = item.of ?? item.id.split(".").find((part) => named.has(part));
    const key = `${rung.rung}/${thing ?? item.id}`;
    const known = byThing.get(key)?.item;
    if (known === undefined || (item.n ?? 0) >= (known.n ?? 0)) {
      byThing.set(key, { ...rung, of: thing ?? shortLabel(item.label) });
    }
  }
  return distinct([...byThing.values()]);
}

/** What two notebooks say of the same predictions, each in its words, is one rung: the first's. */
function distinct(rungs: readonly LadderRung[]): LadderRung[] {
  const seen = new Set<string>();
  return rungs.filter(({ rung, item: { value, low, high, n } }) => {
    const key = JSON.stringify([rung, value, low, high, n]);
    // People, say, may well be right equally often; two networks are not.
    return rung !== "model" || low === undefined || !seen.has(key) && seen.add(key);
  });
}

/** On a ladder of accuracies, that it is one goes without saying. */
function shortLabel(label: string): string {
  const short = label.replace(/^Accuracy (on unseen images: |of )/, "");
  return short.charAt(0).toUpperCase() + short.slice(1);
}

/** What could be on the ladder too, and how it gets there. */
const WAYS: readonly { readonly rung: Rung; readonly notebook: string; readonly what: string; readonly way: string }[] =
  [
    { rung: "baseline", notebook: "02", what: "Simple methods", way: "run notebook 02" },
    { rung: "model", notebook: "03", what: "A network", way: "run notebook 03" },
    {
      rung: "literature",
      notebook: "05",
      what: "What others have published",
      way: "run notebook 05",
    },
    { rung: "human", notebook: "04", what: "People", way: "not measured, `deno task label` does it" },
  ];

/**
 * A sentence for each kind of rung that is missing.
 *
 * @param available Names of the notebooks there are: nobody is sent to one that is not.
 */
export function ladderNotes(results: readonly NotebookResult[], available: readonly string[]): string[] {
  const there = new Set(ladderRungs(results).map(({ rung }) => rung));
  return WAYS.filter(({ rung, notebook }) => !there.has(rung) && available.some((name) => name.startsWith(notebook)))
    .map(({ rung, notebook, what, way }) => {
      const hasRun = results.some(({ name, status }) => name.startsWith(notebook) && status === "done");
      return hasRun && rung !== "human"
        ? `${what}: notebook ${notebook} found nothing that can be compared.`
        : `${what}: ${way}.`;
    });
}

/** The chart, and below it what is missing. */
export function ladderHtml({ chart, notes }: LadderSource, charts: IndexCharts): string {
  const items = notes.map((note) => `<li>${inline(note)}</li>`).join("");
  return `<div class="ladder">${charts.html(chart)}</div>` +
    (items === "" ? "" : `<p class="plateau-note">Not on it yet:</p><ul class="ladder-notes">${items}</ul>`);
}

/** Between backquotes stands code. */
function inline(text: string): string {
  return text.split("`").map((part, i) => i % 2 === 1 ? `<code>${escapeHtml(part)}</code>` : escapeHtml(part)).join("");
}
