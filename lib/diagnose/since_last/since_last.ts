import {
  escapeHtml,
  escapeTerminal,
  type Figure,
  type FindingRecord,
  FindingView,
  formatCount,
  formatInterval,
  formatNumber,
  type ResultRecord,
  Shown,
  type Table,
  tableHtml,
  tableText,
} from "../../display/mod.ts";
import type { Interval } from "../../stats/mod.ts";
import { bounds } from "../_bounds.ts";
import { counted, listed } from "../_words.ts";
import { finding } from "../finding.ts";
import { type ClassChange, classChanges, matched, settingChanges } from "./_image_changes.ts";
import { type ModelChange, modelChange } from "./_model_changes.ts";
import type { ReportState } from "./report_state.ts";

/** Rows of the table of classes; of more, those that have changed most. */
const MOST_CLASSES = 30;

/**
 * What has changed between two reports on one data set: images, settings, and the accuracies of models that both have
 * measured, paired on the images that both had.
 */
export class SinceLast extends Shown {
  readonly classes: readonly ClassChange[];
  readonly models: readonly ModelChange[];
  /** As "budget: 15m before, 1h now". */
  readonly settings: readonly string[];
  /** Images that were sealed and are not any more, and the other way round. */
  readonly unsealed: number;
  readonly sealed: number;
  readonly #since: string;
  readonly #unmeasured: readonly string[];

  constructor(before: ReportState, now: ReportState) {
    super();
    this.#since = before.at;
    const pairs = matched(before.images, now.images);
    this.classes = classChanges(before.images, now.images, pairs);
    this.settings = settingChanges(before.settings, now.settings);
    this.unsealed = pairs.filter(([old, current]) => old.sealed && !current.sealed).length;
    this.sealed = pairs.filter(([old, current]) => !old.sealed && current.sealed).length;
    const names = new Map(before.judged.map((judged) => [judged.name, judged]));
    this.models = now.judged.filter(({ name }) => names.has(name))
      .map((judged) => modelChange(names.get(judged.name)!, judged, before.images, now.images));
    const compared = new Set(this.models.map(({ name }) => name));
    this.#unmeasured = before.judged.map(({ name }) => name).filter((name) => !compared.has(name));
  }

  /** Images that came, went, or have another label. */
  get added(): number {
    return this.classes.reduce((sum, { added }) => sum + added, 0);
  }

  get removed(): number {
    return this.classes.reduce((sum, { removed }) => sum + removed, 0);
  }

  get relabelled(): number {
    return this.classes.reduce((sum, { labelledIn }) => sum + labelledIn, 0);
  }

  /** What has changed, in one sentence. */
  get sentence(): string {
    const { added, removed, relabelled } = this;
    const parts = [
      ...(added > 0 ? [counted(added, "new image")] : []),
      ...(removed > 0 ? [`${counted(removed, "image")} removed`] : []),
      ...(relabelled > 0 ? [`${counted(relabelled, "image")} with another label`] : []),
      ...(this.settings.length > 0 ? [`other settings (${this.settings.join("; ")})`] : []),
    ];
    return `Since the report of ${this.#since.slice(0, 16).replace("T", ", ")} UTC: ${
      parts.length === 0 ? "the same images and settings" : listed(parts)
    }.`;
  }

  /** What it means, in words. */
  get findings(): FindingRecord[] {
    return [...this.models.flatMap((model) => this.#modelFinding(model)), ...this.#sealFinding()];
  }

  /** Images by class, and accuracies by model; those that have no rows are left out. */
  tables(): Table[] {
    return [this.#classTable(), this.#modelTable()].filter(({ rows }) => rows.length > 0);
  }

  override html(): string {
    const [classes, models] = [this.#classTable(), this.#modelTable()];
    return `<p>${escapeHtml(this.sentence)}</p>` +
      (classes.rows.length === 0 ? "" : tableHtml(classes)) +
      (models.rows.length === 0 ? "" : tableHtml(models)) +
      this.#notes().map((note) => `<p class="plateau-note">${escapeHtml(note)}</p>`).join("") +
      (this.findings.length === 0 ? "" : new FindingView(this.findings).html());
  }

  override text(): string {
    return escapeTerminal(this.sentence) + this.tables().map((table) => `\n${tableText(table)}`).join("") +
      this.#notes().map((note) => `\n${escapeTerminal(note)}`).join("") +
      (this.findings.length === 0 ? "" : `\n${new FindingView(this.findings).text()}`);
  }

  override record(): ResultRecord {
    return { figures: this.models.flatMap(figuresOf), findings: this.findings, tables: this.tables() };
  }

  #notes(): string[] {
    return [
      ...(this.#unmeasured.length === 0 ? [] : [
        `Not measured again with these images so far: ${
          listed(this.#unmeasured)
        }. \`deno task report\` without --only does it.`,
      ]),
      ...(this.models.length === 0 ? [] : [
        "Each model was trained anew, on folds drawn anew: a difference within its interval may be luck.",
      ]),
    ];
  }

  #modelFinding({ name, paired }: ModelChange): FindingRecord[] {
    if (paired === null) return [];
    const { difference, test } = paired;
    const told = difference.low > 0 || difference.high < 0;
    const gain = formatInterval(difference, "points");
    const base = `on the ${counted(difference.n, "image")} that both reports measured`;
    const other = this.settings.length > 0 ? " Settings have changed as well as images, so either may be why." : "";
    return [finding({
      code: "since-last-report",
      severity: told ? difference.low > 0 ? "good" : "warning" : "info",
      sentence: (told
        ? `${name} has become ${difference.low > 0 ? "better" : "worse"} by ${gain} ${base}.`
        : `No change of ${name} can be told ${base}: ${gain}, and 0 is among that.`) + other,
      evidence: [
        ...figuresOf({ name, paired }),
        { id: `since.${name}.only-before`, label: "Right before only", value: test.onlyA, unit: "count" },
        { id: `since.${name}.only-now`, label: "Right now only", value: test.onlyB, unit: "count" },
        {
          id: `since.${name}.p`,
          label: `p, of these very models (${test.method})`,
          value: test.p,
          unit: "number",
          n: test.n,
          ...(test.groups === undefined ? {} : { groups: test.groups }),
        },
      ],
      ...(told && difference.high < 0
        ? {
          remedy: "Look at what came: wrong labels, other kinds of pictures, classes that grew unevenly (notebook 01).",
        }
        : {}),
    })];
  }

  #sealFinding(): FindingRecord[] {
    if (this.unsealed + this.sealed === 0) return [];
    return [finding({
      code: "sealed-set-changed",
      severity: "info",
      sentence: `${counted(this.unsealed, "image")} of the last report's sealed test set can be trained on now, and ` +
        `${formatCount(this.sealed)} the other way round: where the folders name no test part, it is drawn anew ` +
        `whenever images come or go.`,
      remedy:
        "Put the test images into a folder of their own (test/<class>), so that they stay sealed while you collect.",
    })];
  }

  #classTable(): Table {
    const relabelled = this.relabelled > 0;
    const changed = this.classes.filter((change) => changesOf(change) > 0);
    const shown = changed.length <= MOST_CLASSES ? changed : changed
      .toSorted((a, b) => changesOf(b) - changesOf(a)).slice(0, MOST_CLASSES - 1);
    const left = changed.filter((change) => !shown.includes(change));
    const rows = changed.length === 0 ? [] : [
      ...shown,
      ...(left.length === 0 ? [] : [{ class: `${left.length} other classes`, ...sums(left) }]),
      { class: "All", ...sums(this.classes) },
    ];
    return {
      id: "since-images",
      title: changed.length === this.classes.length || changed.length === 0
        ? "Images by class"
        : "Images by class, where they have changed",
      columns: [
        { key: "class", label: "Class" },
        { key: "before", label: "Before", unit: "count" },
        { key: "added", label: "New", unit: "count" },
        { key: "removed", label: "Removed", unit: "count" },
        ...(relabelled
          ? [
            { key: "labelledIn", label: "Relabelled to it", unit: "count" } as const,
            { key: "labelledOut", label: "Relabelled away", unit: "count" } as const,
          ]
          : []),
        { key: "now", label: "Now", unit: "count" },
      ],
      rows: rows.map((row) => ({ ...row })),
    };
  }

  #modelTable(): Table {
    return {
      id: "since-accuracies",
      title: "Accuracies on unseen images, before and now",
      columns: [
        { key: "name", label: "Model" },
        { key: "before", label: "Before" },
        { key: "now", label: "Now" },
        { key: "n", label: "Images in both", unit: "count" },
        { key: "difference", label: "Difference on those" },
        { key: "p", label: "p, these very models" },
        { key: "fresh", label: "Now, on new images" },
      ],
      rows: this.models.map(({ name, before, now, paired, fresh }) => ({
        name,
        before: withCount(before),
        now: withCount(now),
        n: paired?.difference.n ?? 0,
        difference: paired === null ? null : formatInterval(paired.difference, "points"),
        p: paired === null ? null : formatNumber(paired.test.p, 3),
        fresh: fresh === null ? null : withCount(fresh),
      })),
    };
  }
}

/** Compares a report with the one before it; null where there was none. */
export function sinceLast(
  { before, now }: { readonly before: ReportState | null; readonly now: ReportState },
): SinceLast | null {
  return before === null ? null : new SinceLast(before, now);
}

function figuresOf({ name, paired }: Pick<ModelChange, "name" | "paired">): Figure[] {
  if (paired === null) return [];
  return [
    {
      id: `since.${name}.difference`,
      label: `${name}, now instead of before`,
      ...bounds(paired.difference),
      unit: "points",
    },
    { id: `since.${name}.before`, label: "Before, on images in both", ...bounds(paired.before), unit: "share" },
    { id: `since.${name}.now`, label: "Now, on images in both", ...bounds(paired.now), unit: "share" },
  ];
}

function changesOf({ added, removed, labelledIn, labelledOut }: ClassChange): number {
  return added + removed + labelledIn + labelledOut;
}

function sums(classes: readonly ClassChange[]): Omit<ClassChange, "class"> {
  const sum = (of: (change: ClassChange) => number) => classes.reduce((total, change) => total + of(change), 0);
  return {
    before: sum(({ before }) => before),
    added: sum(({ added }) => added),
    removed: sum(({ removed }) => removed),
    labelledIn: sum(({ labelledIn }) => labelledIn),
    labelledOut: sum(({ labelledOut }) => labelledOut),
    now: sum(({ now }) => now),
  };
}

function withCount(interval: Interval): string {
  return `${formatInterval(interval)}, ${counted(interval.n, "image")}`;
}
