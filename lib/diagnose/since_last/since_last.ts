import {
  escapeHtml,
  escapeTerminal,
  type Figure,
  type FindingRecord,
  FindingView,
  formatCount,
  formatInterval,
  formatNumber,
  type Judged,
  type ResultRecord,
  Shown,
  type Table,
  tableHtml,
  tableText,
} from "../../display/mod.ts";
import { type Interval, type PairedTest, pairedTest } from "../../stats/mod.ts";
import { bounds } from "../_bounds.ts";
import { accuracyOf, differenceOf, type Measured } from "../_measured.ts";
import { counted, listed } from "../_words.ts";
import { finding } from "../finding.ts";
import type { RememberedImage, ReportState } from "./report_state.ts";

/** How the images of one class have changed. */
export interface ClassChange {
  readonly class: string;
  readonly before: number;
  readonly added: number;
  readonly removed: number;
  /** Images that had another label before, and those that have another label now. */
  readonly labelledIn: number;
  readonly labelledOut: number;
  readonly now: number;
}

/** One model in both reports. */
export interface ModelChange {
  readonly name: string;
  readonly before: Interval;
  readonly now: Interval;
  /** On the images that both have measured, with the label that they had in both; null where there are none. */
  readonly paired:
    | { readonly difference: Interval; readonly test: PairedTest; readonly before: Interval; readonly now: Interval }
    | null;
  /** On images that the last report did not have; null where none were measured. */
  readonly fresh: Interval | null;
}

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
    const changed = this.classes.filter(({ added, removed, labelledIn, labelledOut }) =>
      added + removed + labelledIn + labelledOut > 0
    );
    const total = { class: "All", ...sums(this.classes) };
    const rows = changed.length === 0 ? [] : [...changed, total];
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
        { key: "p", label: "p" },
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

/** Images that both have, by content; of copies, as many as there are in both. */
function matched(
  before: readonly RememberedImage[],
  now: readonly RememberedImage[],
): (readonly [RememberedImage, RememberedImage])[] {
  const left = Map.groupBy(before, ({ hash }) => hash);
  return now.flatMap((image) => {
    const candidates = left.get(image.hash) ?? [];
    if (candidates.length === 0) return [];
    // A copy of the same label first: else two copies in two classes would seem to have changed places.
    const same = candidates.findIndex((one) => one.class === image.class);
    const [old] = candidates.splice(Math.max(0, same), 1);
    return [[old, image] as const];
  });
}

function classChanges(
  before: readonly RememberedImage[],
  now: readonly RememberedImage[],
  pairs: readonly (readonly [RememberedImage, RememberedImage])[],
): ClassChange[] {
  const names = [...new Set([...before, ...now].map((image) => image.class))].sort();
  const count = (images: readonly RememberedImage[]) => Map.groupBy(images, (image) => image.class);
  const [old, current] = [count(before), count(now)];
  const kept = count(pairs.map(([, image]) => image)), keptBefore = count(pairs.map(([image]) => image));
  const moved = pairs.filter(([from, to]) => from.class !== to.class);
  return names.map((name) => ({
    class: name,
    before: old.get(name)?.length ?? 0,
    added: (current.get(name)?.length ?? 0) - (kept.get(name)?.length ?? 0),
    removed: (old.get(name)?.length ?? 0) - (keptBefore.get(name)?.length ?? 0),
    labelledIn: moved.filter(([, to]) => to.class === name).length,
    labelledOut: moved.filter(([from]) => from.class === name).length,
    now: current.get(name)?.length ?? 0,
  }));
}

function settingChanges(before: ReportState["settings"], now: ReportState["settings"]): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name}: ${before[name] ?? "unknown"} before, ${now[name] ?? "unknown"} now`);
}

function modelChange(
  before: Judged,
  now: Judged,
  imagesBefore: readonly RememberedImage[],
  imagesNow: readonly RememberedImage[],
): ModelChange {
  const [old, current] = [byHash(imagesBefore), byHash(imagesNow)];
  const said = new Map(before.images.map((hash, i) => [hash, before.correct[i]]));
  const places = [...now.images.keys()];
  const both = places.filter((i) => {
    const hash = now.images[i];
    return said.has(hash) && current.has(hash) && old.get(hash)?.class === current.get(hash)!.class;
  });
  const fresh = places.filter((i) => !old.has(now.images[i]) && current.has(now.images[i]));
  const of = (judged: Judged, images: Map<string, RememberedImage>, places: readonly number[]) => ({
    correct: places.map((i) => judged.correct[i]),
    measured: measuredOn(places.map((i) => images.get(judged.images[i])!), judged.folds),
  });
  const interval = ({ correct, measured }: ReturnType<typeof of>) => accuracyOf(correct, measured);
  const known = (judged: Judged, images: Map<string, RememberedImage>) =>
    [...judged.images.keys()].filter((i) => images.has(judged.images[i]));
  return {
    name: now.name,
    before: interval(of(before, old, known(before, old))),
    now: interval(of(now, current, known(now, current))),
    paired: both.length === 0 ? null : pairedOn(of(now, current, both), both.map((i) => said.get(now.images[i])!)),
    fresh: fresh.length === 0 ? null : interval(of(now, current, fresh)),
  };
}

function pairedOn(
  { correct, measured }: { readonly correct: readonly boolean[]; readonly measured: Measured },
  before: readonly boolean[],
): NonNullable<ModelChange["paired"]> {
  const { dataset, images } = measured;
  return {
    difference: differenceOf(before, correct, measured).difference,
    test: pairedTest({
      a: before,
      b: correct,
      groups: dataset!.grouped ? images.map((i) => dataset!.records[i].group) : undefined,
    }),
    before: accuracyOf(before, measured),
    now: accuracyOf(correct, measured),
  };
}

/** The images as what `accuracyOf` wants to know of a data set. */
function measuredOn(images: readonly RememberedImage[], folds: number): Measured {
  const classes = [...new Set(images.map((image) => image.class))];
  return {
    images: images.map((_, i) => i),
    folds,
    seed: 1,
    dataset: {
      grouped: images.every(({ group }) => group !== null),
      records: images.map((image, i) => ({
        label: classes.indexOf(image.class),
        group: String(image.group ?? `alone ${i}`),
      })),
    },
  };
}

/** Of copies, the first. */
function byHash(images: readonly RememberedImage[]): Map<string, RememberedImage> {
  return new Map([...images].reverse().map((image) => [image.hash, image]));
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
