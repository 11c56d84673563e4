import { type Chart, literature as chartOf } from "../../chart/mod.ts";
import { type Figure, type FindingRecord, type Table, TableView } from "../../display/mod.ts";
import { ChartedResult } from "../_charted.ts";
import { isUneven } from "../_folds.ts";
import { chanceAdjusted } from "./chance_adjusted.ts";
import { type Expectation, expectations } from "./expectation.ts";
import { type LiteratureFacts, literatureFindings } from "./_findings.ts";
import { matchByName } from "./match.ts";
import { IMAGES_FACTOR, isComparable, nearestFirst } from "./nearest.ts";
import { type ComparedImages, type OwnPoint, ownPoint, type OwnResult } from "./own_points.ts";
import { ownRows } from "./own_rows.ts";
import { citedFact, knownDatasets, shippedRows } from "./shipped.ts";
import { Sources, sourceTable } from "./sources.ts";
import type { LiteratureRow, Setting } from "./types.ts";
import { KIND_LABELS, perClass, shareSpan, shortCitation, spanText } from "./_words.ts";

/** What published accuracies are looked for, and what they are compared with. */
export interface LiteratureOptions {
  /** Own results: runs of a cross-validation, predictions from elsewhere, a baseline. */
  readonly own?: readonly OwnResult[];
  /** The images' folder: a `literature.json` or `literature.csv` in it is read too. "" for none. */
  readonly folder?: string;
  /** A file of own rows, instead of the one in the folder. */
  readonly rows?: string;
  /** Of the bootstrap over groups. 1 by default. */
  readonly seed?: number;
}

/** Published accuracies around the data at hand. Displays itself as a chart; `findings` says it in words. */
export class Literature extends ChartedResult {
  /** The data at hand. */
  readonly setting: Setting;
  readonly own: readonly OwnPoint[];
  /** Those that say what to expect, the nearest first; people last. */
  readonly comparable: readonly LiteratureRow[];
  readonly expected: readonly Expectation[];
  readonly #facts: LiteratureFacts;

  constructor(facts: LiteratureFacts) {
    super();
    this.#facts = facts;
    this.setting = facts.setting;
    this.own = facts.own;
    this.comparable = facts.comparable;
    this.expected = facts.expected;
  }

  override chart(): Chart {
    return this.#chart(false);
  }

  /** The same picture, adjusted for chance. */
  adjustedChart(): Chart {
    return this.#chart(true);
  }

  /** What each kind of method is published to reach at a comparable size: ranges, and how comparable they are. */
  expectations(): TableView {
    const { setting, own } = this;
    const rows = this.expected.map(({ kind, rows, datasets, accuracy, adjusted, classes, imagesPerClass }) => ({
      kind: KIND_LABELS[kind],
      accuracy: shareSpan(accuracy),
      adjusted: shareSpan(adjusted),
      images: imagesPerClass === null ? "–" : spanText(imagesPerClass),
      classes: spanText(classes),
      pixels: pixelText(rows),
      rows: rows.length,
      datasets: datasets.length,
    }));
    const yours = own.map(({ label, accuracy, adjusted, imagesPerClass }) => ({
      kind: `Yours: ${label}`,
      accuracy: shareSpan([accuracy.low, accuracy.high]),
      adjusted: shareSpan([adjusted.low, adjusted.high]),
      images: perClass(imagesPerClass),
      classes: String(setting.classes),
      pixels: String(setting.pixels),
      rows: null,
      datasets: null,
    }));
    return new TableView({
      id: "literature-expectations",
      title: `What is published at about ${perClass(setting.imagesPerClass)} training images per class`,
      columns: [
        { key: "kind", label: "Method" },
        { key: "accuracy", label: "Accuracy" },
        { key: "adjusted", label: "Adjusted for chance" },
        { key: "images", label: "Images per class" },
        { key: "classes", label: "Classes" },
        { key: "pixels", label: "Pixels" },
        { key: "rows", label: "Rows", unit: "count" },
        { key: "datasets", label: "Data sets", unit: "count" },
      ],
      rows: [...rows, ...yours],
    }, { note: this.#howComparable() });
  }

  /** The rows behind it, with their sources. */
  sources(): Sources {
    return new Sources(this.comparable, this.setting);
  }

  override figures(): Figure[] {
    return [
      { id: "literature.rows", label: "Comparable published accuracies", value: this.comparable.length, unit: "count" },
      ...this.findings.findings.flatMap(({ evidence }) => evidence.filter(({ rung }) => rung === "literature")),
    ];
  }

  override table(): Table {
    return sourceTable(this.comparable, this.setting);
  }

  protected override list(): FindingRecord[] {
    return literatureFindings(this.#facts);
  }

  #chart(adjusted: boolean): Chart {
    const { setting, own } = this;
    const near = new Set(this.comparable);
    const drawn = this.#facts.rows.filter((row) =>
      row.methodKind === "human" ? near.has(row) : row.methodKind !== "best" && row.imagesPerClassTrain !== null
    );
    return chartOf(
      drawn.map((row) => ({
        dataset: row.dataset,
        classes: row.classes,
        method: row.method,
        kind: row.methodKind as Exclude<typeof row.methodKind, "best">,
        imagesPerClass: row.methodKind === "human" ? null : row.imagesPerClassTrain,
        accuracy: row.accuracy,
        adjusted: chanceAdjusted(row.accuracy, row.classes),
        citation: shortCitation(row.citation),
        comparable: near.has(row),
      })),
      own,
      {
        adjusted,
        chance: 1 / setting.classes,
        band: [setting.imagesPerClass / IMAGES_FACTOR, setting.imagesPerClass * IMAGES_FACTOR],
        record: adjusted ? {} : { figures: this.figures() },
      },
    );
  }

  /** What a reader must know before comparing, one sentence each. */
  #howComparable(): string {
    const { expected, setting } = this;
    const optimistic = expected.reduce((sum, one) => sum + one.optimistic, 0);
    const rows = expected.flatMap((one) => one.rows);
    const balanced = rows.filter(({ metric }) => metric === "balanced accuracy").length;
    const pretrained = expected.some(({ kind }) => kind === "linear-probe" || kind === "fine-tuned");
    return [
      `Ranges from the lowest to the highest row, with half to twice your images per class and an eighth to eight ` +
      `times your ${setting.classes} classes. Each data set has other pictures, so a range is no interval.`,
      balanced > 0 ? `${balanced} of ${rows.length} rows are balanced accuracies.` : "",
      optimistic > 0 ? `${optimistic} chose a setting or an epoch by the score itself, which flatters.` : "",
      pretrained
        ? "Pre-trained networks may have seen such pictures, or these very ones, before; that is not known for most."
        : "",
      this.own.length > 0 ? "Yours are 95 % intervals on unseen images." : "",
    ].filter((sentence) => sentence !== "").join(" ");
  }
}

/**
 * What others have reached with about as many training images per class: published accuracies near the data at hand,
 * by kind of method, with one's own among them; and those on the same data set, where its name is known.
 *
 * @param images Name, classes and number of images are what is compared; no pixels are read.
 * @throws DiagnosisError where `rows` names a file that cannot be read, or `own` cannot be scored.
 */
export async function literature(images: ComparedImages, options: LiteratureOptions = {}): Promise<Literature> {
  const { own = [], folder = "", seed = 1 } = options;
  const [shipped, known, added, tuning, moreImages] = await Promise.all([
    shippedRows(),
    knownDatasets(),
    ownRows({ file: options.rows, folder }),
    citedFact("tune-baseline"),
    citedFact("learning-curve-small"),
  ]);
  const rows = [...shipped, ...added.rows];
  const points = own.map((result) => ownPoint(result, images, seed));
  const classes = images.classes.length;
  const setting: Setting = {
    classes,
    imagesPerClass: points[0]?.imagesPerClass ?? images.development.length / classes,
    pixels: images.size,
  };
  const comparable = rows.filter((row) => isComparable(row, setting));
  const sorted = [
    ...nearestFirst(comparable.filter(({ methodKind }) => methodKind !== "human"), setting),
    ...comparable.filter(({ methodKind }) => methodKind === "human"),
  ];
  return new Literature({
    name: images.name,
    setting,
    own: points,
    match: matchByName(images.name, classes, known, rows),
    rows,
    comparable: sorted,
    expected: expectations(sorted),
    refused: added.refused,
    uneven: isUneven(images.development.map((i) => images.records[i].label), classes),
    cited: { tuning, moreImages },
  });
}

/** Sizes that the methods see: "32 to 224", "32, or varying". */
function pixelText(rows: readonly LiteratureRow[]): string {
  const sizes = rows.flatMap(({ pixels }) => pixels ?? []);
  if (sizes.length === 0) return "varying";
  const span = spanText([Math.min(...sizes), Math.max(...sizes)]);
  return sizes.length === rows.length ? span : `${span}, or varying`;
}
