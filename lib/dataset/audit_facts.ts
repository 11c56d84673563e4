import {
  formatCount,
  formatNumber,
  type ResultRecord,
  Shown,
  type Table,
  tableHtml,
  tableText,
} from "../display/mod.ts";
import type { Dataset } from "./dataset.ts";
import type { Looks } from "./looks.ts";
import type { NearPair } from "./near/near_duplicates.ts";
import type { LedgerEntry, OtherFiles, SkippedFile } from "./types.ts";

/** Smallest, middle and largest value. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** An image whose shape or size stands out. */
export interface OddSize {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** One clause: "more than twice as wide for its height as most". */
  readonly why: string;
}

/** Images with the same content. */
export interface DuplicateSet {
  /** Two or more. */
  readonly paths: readonly string[];
  /** Their classes, each once. */
  readonly classes: readonly string[];
  /** The same bytes, or other bytes that decode to the same pixels at the working size. */
  readonly same: "file" | "pixels";
}

/** Two pictures that are nearly, but not exactly, the same. */
export interface NearDuplicate {
  /** Indices into the data set's records. */
  readonly images: readonly [number, number];
  readonly paths: readonly [string, string];
  /** Correlation of the pixels after the best fit (or the cosine of embeddings), up to 1. */
  readonly alike: number;
  /** Whether they are one picture but for encoding, scale, a small crop, mirroring or brightness. */
  readonly identical: boolean;
  /** What they are alike in: "pixels", or the name of an embedding. */
  readonly by: string;
}

/** Mean colour of a set of images at the working size, each channel from 0 to 255. */
export interface ColourFacts {
  readonly n: number;
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** Mean of red, green and blue: its mean over the images, and its standard deviation between images. */
  readonly brightness: number;
  readonly brightnessSd: number;
}

/** What an audit counts. */
export interface AuditFacts {
  /** Images per class, [K] each. */
  readonly counts: {
    readonly classes: readonly string[];
    readonly development: readonly number[];
    readonly sealed: readonly number[];
  };
  /** Images of the largest class for each image of the smallest, in development. */
  readonly imbalance: number;
  readonly skipped: readonly SkippedFile[];
  readonly others: OtherFiles;
  /** Images per file format, most frequent first. */
  readonly formats: readonly { readonly format: string; readonly n: number }[];
  readonly sizes: {
    readonly width: Spread;
    readonly height: Spread;
    /** Width divided by height. */
    readonly aspect: Spread;
    readonly workingSize: number;
    readonly odd: readonly OddSize[];
  };
  /** A set of duplicates is in every list that it fits. */
  readonly duplicates: {
    /** Twice or more in one class. */
    readonly sameClass: readonly DuplicateSet[];
    /** In several classes: at least one label is wrong. */
    readonly acrossClasses: readonly DuplicateSet[];
    /** In development and in the sealed test set. */
    readonly developmentAndTest: readonly DuplicateSet[];
    /** In the training and the validation part that the folders give. */
    readonly trainAndValidation: readonly DuplicateSet[];
  };
  /** Pairs that are nearly the same, the most alike first; each in one list. Pairs within a known group are left out. */
  readonly nearDuplicates: {
    /** One in development, one in the sealed test set. */
    readonly developmentAndTest: readonly NearDuplicate[];
    /** One in the training, one in the validation part that the folders give. */
    readonly trainAndValidation: readonly NearDuplicate[];
    /** Both in development, with different labels. */
    readonly acrossClasses: readonly NearDuplicate[];
    /** Both in development, in one class. */
    readonly sameClass: readonly NearDuplicate[];
  };
  readonly groups: {
    readonly known: boolean;
    /** Distinct groups, and images in each; of single images where no groups are known. */
    readonly n: number;
    readonly sizes: Spread;
    /** Groups with images on both sides of the seal. */
    readonly spanning: readonly { readonly group: string; readonly development: number; readonly sealed: number }[];
    /** Groups with images of several classes. */
    readonly acrossClasses: number;
  };
  readonly colour: { readonly development: ColourFacts; readonly sealed: ColourFacts };
  /** Every read of the sealed test set so far. */
  readonly ledger: readonly LedgerEntry[];
}

/** What an audit saw, for those who look further into it. Holds no label of a sealed image beyond the data set's own. */
export interface AuditSource {
  readonly dataset: Dataset;
  readonly looks: Looks;
  /** Colours of each image: [n, 4] red, green, blue, and how far from grey, each a mean over the pixels of 0 to 255. */
  readonly tones: Float32Array;
  /** What the 8x8 cells of each picture hold: [n, 8, 8, 11], mean red, green, blue and edges in eight directions. */
  readonly cells: Float32Array;
  /** Indices of the sealed images. */
  readonly sealed: readonly number[];
  /** Pairs of nearly equal pictures, those within a known group included. */
  readonly nearPairs: readonly NearPair[];
}

/** The facts of an audit; shows itself as tables. What they mean is for `diagnose` to say. */
export class Audit extends Shown implements AuditFacts {
  readonly counts: AuditFacts["counts"];
  readonly imbalance: number;
  readonly skipped: AuditFacts["skipped"];
  readonly others: OtherFiles;
  readonly formats: AuditFacts["formats"];
  readonly sizes: AuditFacts["sizes"];
  readonly duplicates: AuditFacts["duplicates"];
  readonly nearDuplicates: AuditFacts["nearDuplicates"];
  readonly groups: AuditFacts["groups"];
  readonly colour: AuditFacts["colour"];
  readonly ledger: AuditFacts["ledger"];
  readonly source: AuditSource;

  constructor(facts: AuditFacts, source: AuditSource) {
    super();
    this.counts = facts.counts;
    this.imbalance = facts.imbalance;
    this.skipped = facts.skipped;
    this.others = facts.others;
    this.formats = facts.formats;
    this.sizes = facts.sizes;
    this.duplicates = facts.duplicates;
    this.nearDuplicates = facts.nearDuplicates;
    this.groups = facts.groups;
    this.colour = facts.colour;
    this.ledger = facts.ledger;
    this.source = source;
  }

  override html(): string {
    return this.#tables().map(beginning).map(tableHtml).join("");
  }

  override text(): string {
    return this.#tables().map(beginning).map(tableText).join("\n\n");
  }

  override record(): ResultRecord {
    return { tables: this.#tables() };
  }

  #tables(): Table[] {
    return [
      this.#overview(),
      ...(this.skipped.length > 0 ? [this.#skippedTable()] : []),
      ...(this.sizes.odd.length > 0 ? [this.#oddTable()] : []),
      ...(this.#allDuplicates().length > 0 ? [this.#duplicatesTable()] : []),
      ...(this.#allNear().length > 0 ? [this.#nearTable()] : []),
    ];
  }

  #overview(): Table {
    const { width, height, aspect } = this.sizes;
    const spread = ({ min, median, max }: Spread, digits = 0) =>
      min === max
        ? formatNumber(min, digits)
        : [min, median, max].map((value) => formatNumber(value, digits)).join(" / ");
    const { sameClass, acrossClasses, developmentAndTest, trainAndValidation } = this.duplicates;
    const colour = ({ red, green, blue }: ColourFacts) =>
      [red, green, blue].map((value) => formatNumber(value, 0)).join(", ");
    const facts: [string, string][] = [
      ["Largest class for one image of the smallest", formatNumber(this.imbalance, 2)],
      ["Files left out", formatCount(this.skipped.length)],
      ["Formats", this.formats.map(({ format, n }) => `${format} ${formatCount(n)}`).join(", ")],
      ["Width (least / median / most)", spread(width)],
      ["Height", spread(height)],
      ["Width / height", spread(aspect, 2)],
      ["Images of odd size or shape", formatCount(this.sizes.odd.length)],
      ["Duplicates within a class", formatCount(sameClass.length)],
      ["Duplicates with different labels", formatCount(acrossClasses.length)],
      ["Duplicates across development and test", formatCount(developmentAndTest.length)],
      ["Duplicates across training and validation folders", formatCount(trainAndValidation.length)],
      ["Pairs of nearly the same picture", formatCount(this.#allNear().length)],
      ...(this.nearDuplicates.developmentAndTest.length > 0
        ? [["… across development and test", formatCount(this.nearDuplicates.developmentAndTest.length)] as [
          string,
          string,
        ]]
        : []),
      ["Groups", this.groups.known ? formatCount(this.groups.n) : "not known"],
      ...(this.groups.known
        ? [
          ["Images per group (least / median / most)", spread(this.groups.sizes)] as [string, string],
          ["Groups on both sides of the seal", formatCount(this.groups.spanning.length)] as [string, string],
        ]
        : []),
      ["Mean colour of development (R, G, B of 255)", colour(this.colour.development)],
      ["Mean colour of the sealed test set", colour(this.colour.sealed)],
    ];
    return {
      id: "audit",
      title: "Audit",
      columns: [{ key: "fact", label: "Fact" }, { key: "value", label: "Value" }],
      rows: facts.map(([fact, value]) => ({ fact, value })),
    };
  }

  #skippedTable(): Table {
    return {
      id: "skipped",
      title: "Files left out",
      columns: [
        { key: "path", label: "File" },
        { key: "reason", label: "Why" },
        { key: "remedy", label: "What to do" },
      ],
      rows: this.skipped.map(({ path, reason, remedy }) => ({ path, reason, remedy })),
    };
  }

  #oddTable(): Table {
    return {
      id: "odd-sizes",
      title: "Images of odd size or shape",
      columns: [
        { key: "path", label: "File" },
        { key: "width", label: "Width", unit: "count" },
        { key: "height", label: "Height", unit: "count" },
        { key: "why", label: "Why" },
      ],
      rows: this.sizes.odd.map(({ path, width, height, why }) => ({ path, width, height, why })),
    };
  }

  #duplicatesTable(): Table {
    return {
      id: "duplicates",
      title: "Images that occur more than once",
      columns: [
        { key: "files", label: "Files" },
        { key: "classes", label: "Classes" },
        { key: "same", label: "Same" },
      ],
      rows: this.#allDuplicates().map(({ paths, classes, same }) => ({
        files: paths.join(", "),
        classes: classes.join(", "),
        same,
      })),
    };
  }

  #nearTable(): Table {
    return {
      id: "near-duplicates",
      title: "Pictures that are nearly the same",
      columns: [
        { key: "first", label: "File" },
        { key: "second", label: "File" },
        { key: "alike", label: "Alike", unit: "number" },
        { key: "where", label: "Where" },
      ],
      rows: this.#allNear().map(({ where, pair: { paths, alike } }) => ({
        first: paths[0],
        second: paths[1],
        alike: Number(alike.toFixed(3)),
        where,
      })),
    };
  }

  #allNear() {
    const { developmentAndTest, trainAndValidation, acrossClasses, sameClass } = this.nearDuplicates;
    const named = (where: string, pairs: readonly NearDuplicate[]) => pairs.map((pair) => ({ where, pair }));
    return [
      ...named("development and test", developmentAndTest),
      ...named("training and validation folder", trainAndValidation),
      ...named("two classes", acrossClasses),
      ...named("one class", sameClass),
    ];
  }

  #allDuplicates(): DuplicateSet[] {
    return [...new Set(Object.values(this.duplicates).flat())];
  }
}

/** Rows that a list shows; the record has them all. */
const SHOWN_ROWS = 20;

function beginning(table: Table): Table {
  if (table.rows.length <= SHOWN_ROWS) return table;
  const title = `${table.title} (the first ${SHOWN_ROWS} of ${formatCount(table.rows.length)})`;
  return { ...table, title, rows: table.rows.slice(0, SHOWN_ROWS) };
}
