import { type Figure, type FindingRecord, formatInterval, formatNumber } from "../../display/mod.ts";
import { wilson } from "../../stats/mod.ts";
import { finding } from "../finding.ts";
import { counted, listed, percent } from "../_words.ts";
import type { Expectation } from "./expectation.ts";
import { type PublishedGain, publishedGains } from "./gains.ts";
import type { NameMatch } from "./match.ts";
import { nearestFirst } from "./nearest.ts";
import type { OwnPoint } from "./own_points.ts";
import type { LiteratureRow, MethodKind, Setting } from "./types.ts";
import { type Refusal, refusalText } from "./_validate.ts";
import { KIND_LABELS, settingText, shareSpan, shortCitation, spanText } from "./_words.ts";

/** What the findings are made of. */
export interface LiteratureFacts {
  /** Of the images' folder. */
  readonly name: string;
  readonly setting: Setting;
  readonly own: readonly OwnPoint[];
  readonly match: NameMatch | null;
  /** All rows. */
  readonly rows: readonly LiteratureRow[];
  /** Those that say what to expect. */
  readonly comparable: readonly LiteratureRow[];
  readonly expected: readonly Expectation[];
  readonly refused: readonly Refusal[];
  /** Whether accuracy is misleading here, the largest class being so frequent. */
  readonly uneven: boolean;
  /** Cited observations, ready to be said. */
  readonly cited: { readonly tuning: string; readonly moreImages: string };
}

const CHART = "literature";

/** Everything to be said about the published accuracies, the most telling first. */
export function literatureFindings(facts: LiteratureFacts): FindingRecord[] {
  const { expected, refused, match } = facts;
  const networks = expected.filter(({ kind }) => kind !== "human" && kind !== "classic");
  return [
    ...(refused.length > 0 ? [rowsRefused(refused)] : []),
    ...(match ? [namedLike(facts, match)] : []),
    ...(networks.length === 0 ? [nothingComparable(facts)] : [
      fromScratch(facts),
      ahead(facts, "linear-probe"),
      ahead(facts, "fine-tuned"),
    ]),
    ...people(facts),
    ...(networks.length === 0 ? [] : [moreImages(facts)]),
  ];
}

function fromScratch(facts: LiteratureFacts): FindingRecord {
  const { setting, own, uneven, cited } = facts;
  const expectation = expectedOf(facts, "from-scratch");
  const models = own.filter(({ kind }) => kind === "model");
  const yours = (place: (one: OwnPoint) => string) =>
    models.length === 0
      ? ""
      : ` Yours: ${
        models.map((one) =>
          `${one.label} is at ${formatInterval(one.accuracy)} on your ${setting.classes} classes, ${
            formatInterval(one.adjusted)
          } adjusted for chance${place(one)}`
        ).join("; ")
      }.`;
  if (!expectation) return notKnown(facts, "from-scratch", yours(() => ""));
  const { rows, adjusted: [lowest, highest], accuracy } = expectation;
  const isBelow = ({ adjusted }: OwnPoint) => adjusted.high < lowest;
  const isAbove = ({ adjusted }: OwnPoint) => adjusted.low > highest;
  const place = (one: OwnPoint) =>
    isBelow(one) ? ": below all of them" : isAbove(one) ? ": above all of them" : ": among them";
  return finding({
    code: "literature-from-scratch",
    severity: "info",
    sentence:
      `${opening(expectation)} networks trained from scratch reach ${shareSpan(accuracy)}, ${
        shareSpan([lowest, highest])
      } adjusted for chance (${basis(expectation)}).${otherClasses(expectation, setting)}${yours(place)}` +
      " Other pictures are easier or harder, so this says what has been seen, not what these images allow." +
      (uneven ? " Your classes are uneven: guessing the largest gets more than chance, which flatters yours." : ""),
    evidence: [
      ...rangeFigures(expectation),
      ...models.map(({ label, adjusted }) => ({
        id: `literature.own.${label}`,
        label: `${label}, adjusted for chance`,
        value: adjusted.estimate,
        low: adjusted.low,
        high: adjusted.high,
        unit: "share" as const,
        n: adjusted.n,
        groups: adjusted.groups,
        method: adjusted.method,
      })),
      ...rung(facts, rows),
    ],
    remedy: models.length > 0 && models.every(isBelow) ? `Tune before you change the network. ${cited.tuning}` : "",
    chart: CHART,
  });
}

/** How far a network trained on other images first is ahead of one that was not, as published. */
function ahead(facts: LiteratureFacts, kind: "linear-probe" | "fine-tuned"): FindingRecord {
  const expectation = expectedOf(facts, kind);
  if (!expectation) return notKnown(facts, kind, "");
  const gains = publishedGains(facts.comparable, "from-scratch", kind);
  const what = WORDS[kind];
  return finding({
    code: `literature-${kind}`,
    severity: "info",
    sentence: `${opening(expectation)} ${what} reach ${shareSpan(expectation.accuracy)}, ${
      shareSpan(expectation.adjusted)
    } adjusted for chance (${basis(expectation)}).${otherClasses(expectation, facts.setting)} ${
      gainsText(gains, what)
    }`,
    evidence: [...rangeFigures(expectation), ...gainFigures(gains, kind), ...rung(facts, expectation.rows)],
    remedy: gains.length > 0 && gains.every(({ gain }) => gain > 0)
      ? `Try it: ${REMEDIES[kind]}. What it brings on these images has to be measured here; how like the pictures it ` +
        `was pre-trained on are to yours decides.`
      : `${REMEDIES[kind][0].toUpperCase()}${REMEDIES[kind].slice(1)}, and measure what it brings here.`,
    chart: CHART,
  });
}

const WORDS: Readonly<Partial<Record<MethodKind, string>>> = {
  "from-scratch": "networks trained from scratch",
  "linear-probe": "frozen features of pre-trained networks",
  "fine-tuned": "fine-tuned pre-trained networks",
};

const REMEDIES = {
  "linear-probe": "take frozen features of a pre-trained network and train a linear classifier on them",
  "fine-tuned": "train a pre-trained network further on your images",
};

/** "At 20 to 50 images per class and 10 to 102 classes, published". */
function opening({ imagesPerClass, classes }: Expectation): string {
  return `At ${spanText(imagesPerClass!)} images per class and ${spanText(classes)} classes, published`;
}

/** "33 rows of 6 data sets, 12 of them with settings chosen by the score itself". */
function basis({ rows, datasets, optimistic }: Expectation): string {
  return `${counted(rows.length, "row")} of ${counted(datasets.length, "data set")}` +
    (optimistic === 0 ? "" : `, ${optimistic === rows.length ? "all" : optimistic} with settings chosen by the score`);
}

/** Adjusting for chance does not make telling two classes apart as hard as telling a hundred apart. */
function otherClasses({ classes: [fewest, most] }: Expectation, { classes }: Setting): string {
  return fewest > 2 * classes || most < classes / 2
    ? ` None has anything like your ${classes} classes, so take it as a rough guide at most.`
    : "";
}

function gainsText(gains: readonly PublishedGain[], what: string | undefined): string {
  if (gains.length === 0) {
    return "On no data set is training from scratch known at the same size, so how far ahead they are cannot be said.";
  }
  const values = gains.map(({ gain }) => gain);
  const span = spanText([Math.min(...values), Math.max(...values)], (value) => formatNumber(Math.round(100 * value)));
  const where = gains.map(({ dataset, imagesPerClass, together }) =>
    `${dataset} (${spanText([imagesPerClass, imagesPerClass])}${together ? ", one publication" : ""})`
  );
  return `Where both are known at the same number of images, on ${listed(where)}, ${what} are ahead of training from ` +
    `scratch by ${span} points: published on other images, not measured on yours.`;
}

function gainFigures(gains: readonly PublishedGain[], kind: MethodKind): Figure[] {
  return gains.map(({ dataset, imagesPerClass, from, to, gain, together }) => ({
    id: `literature.gain.${kind}.${dataset}.${Math.round(imagesPerClass)}`,
    label: `Published: ${WORDS[kind]} against from scratch on ${dataset}, ${
      spanText([imagesPerClass, imagesPerClass])
    } images per class (${together ? "within one publication, " : ""}medians of ${to.rows} and ${from.rows} rows)`,
    value: gain,
    unit: "points",
  }));
}

/** The lowest and the highest row, by name: a range of methods is no interval of an estimate. */
function rangeFigures({ kind, rows }: Expectation): Figure[] {
  const sorted = rows.toSorted((a, b) => a.accuracy - b.accuracy);
  const ends = [["lowest", sorted[0]], ["highest", sorted[sorted.length - 1]]] as const;
  return ends.map(([word, row]) => ({
    id: `literature.${kind}.${word}`,
    label: `Published, ${KIND_LABELS[kind].toLowerCase()}, ${word}: ${settingText(row)} (${row.method}, ${
      shortCitation(row.citation)
    }${row.note === null ? "" : `; ${row.note}`})`,
    value: row.accuracy,
    unit: "share",
  }));
}

/**
 * One real row for the accuracy ladder, where raw accuracies can stand beside each other: the middle one of the nearest
 * setting with half to twice the classes.
 */
function rung({ setting }: LiteratureFacts, rows: readonly LiteratureRow[]): Figure[] {
  const near = nearestFirst(rows, setting).filter(({ classes }) => Math.abs(Math.log2(classes / setting.classes)) <= 1);
  if (near.length === 0) return [];
  const [{ dataset, classes, imagesPerClassTrain }] = near;
  const same = near
    .filter((row) =>
      row.dataset === dataset && row.classes === classes && row.imagesPerClassTrain === imagesPerClassTrain
    )
    .toSorted((a, b) => a.accuracy - b.accuracy);
  const row = same[Math.floor((same.length - 1) / 2)];
  // The ladder cuts long labels: what tells them apart comes first.
  const label = `${KIND_LABELS[row.methodKind]} on ${settingText(row)} (published: ${row.method}, ${
    shortCitation(row.citation)
  })`;
  const bounds = row.metric === "accuracy" && row.testImages !== null
    ? wilson(row.accuracy * row.testImages, row.testImages)
    : null;
  return [{
    id: `literature.rung.${row.methodKind}`,
    label,
    value: row.accuracy,
    ...(bounds === null ? {} : { low: bounds.low, high: bounds.high }),
    ...(row.testImages === null ? {} : { n: row.testImages }),
    method: bounds === null ? `published ${row.metric}` : "published accuracy, Wilson over its test images",
    unit: "share",
    rung: "literature",
    of: `${row.dataset}, ${KIND_LABELS[row.methodKind].toLowerCase()}`,
  }];
}

function notKnown(facts: LiteratureFacts, kind: MethodKind, yours: string): FindingRecord {
  const { setting, rows } = facts;
  const [nearest] = nearestFirst(rows.filter(({ methodKind }) => methodKind === kind), setting);
  return finding({
    code: `literature-${kind}-unknown`,
    severity: "info",
    sentence:
      `No published accuracy of ${WORDS[kind]} is known here at about ${
        spanText([setting.imagesPerClass, setting.imagesPerClass])
      } images per class and ${setting.classes} classes` +
      (nearest ? `; the nearest, not comparable, is ${rowText(nearest)}.` : ".") +
      yours,
    remedy: "If you know of one, add it: a file literature.csv in the folder of your images is read.",
    chart: CHART,
  });
}

function nothingComparable({ setting, rows }: LiteratureFacts): FindingRecord {
  const [nearest] = nearestFirst(rows, setting);
  return finding({
    code: "literature-nothing-comparable",
    severity: "info",
    sentence:
      `Nothing comparable is known here: no published accuracy of a network at half to twice your ${
        spanText([setting.imagesPerClass, setting.imagesPerClass])
      } training images per class, with anything like ${setting.classes} classes` +
      (nearest ? `. The nearest is ${rowText(nearest)}.` : "."),
    remedy: "If you know of one, add it: a file literature.csv in the folder of your images is read.",
    chart: CHART,
  });
}

function rowText(row: LiteratureRow): string {
  return `${percent(row.accuracy)} on ${settingText(row)} (${KIND_LABELS[row.methodKind].toLowerCase()}, ${
    shortCitation(row.citation)
  })`;
}

function namedLike({ name, rows, setting }: LiteratureFacts, match: NameMatch): FindingRecord {
  const { dataset, classes, complete } = match;
  if (!complete) {
    return finding({
      code: "literature-part-of-known",
      severity: "info",
      sentence:
        `The folder is named "${name}", like the published data set ${dataset}; that has ${classes} classes, this ` +
        `has ${setting.classes}, so its published accuracies say nothing about this one.`,
    });
  }
  const some = rows.filter((row) => row.dataset === dataset && row.metric !== "top-5 accuracy");
  const of = (kind: MethodKind) => {
    const values = some.filter(({ methodKind }) => methodKind === kind).map(({ accuracy }) => accuracy);
    if (values.length === 0) return [];
    const span = shareSpan([Math.min(...values), Math.max(...values)]);
    return [`${KIND_LABELS[kind].toLowerCase()} ${span} (${counted(values.length, "row")})`];
  };
  const reached = (["classic", "from-scratch", "linear-probe", "fine-tuned", "best", "human"] as const).flatMap(of);
  const sizes = some.flatMap(({ imagesPerClassTrain }) => imagesPerClassTrain ?? []);
  return finding({
    code: "literature-named-like",
    severity: "info",
    sentence: `The folder is named "${name}", like the published data set ${dataset}. If it is that: ` +
      (reached.length === 0
        ? "no accuracy on it is known here."
        : `published are ${listed(reached)}, at ${
          spanText([Math.min(...sizes), Math.max(...sizes)])
        } training images ` +
          `per class; you train on ${spanText([setting.imagesPerClass, setting.imagesPerClass])}.`),
    evidence: some.length === 0 ? [] : [{
      id: "literature.named-like.best",
      label: `Highest published on ${dataset} (${shortCitation(highest(some).citation)})`,
      value: highest(some).accuracy,
      unit: "share",
    }],
    chart: CHART,
  });
}

function highest(rows: readonly LiteratureRow[]): LiteratureRow {
  return rows.reduce((best, row) => row.accuracy > best.accuracy ? row : best);
}

function people(facts: LiteratureFacts): FindingRecord[] {
  const expectation = expectedOf(facts, "human");
  if (!expectation) return [];
  const { rows, accuracy, classes, datasets } = expectation;
  return [finding({
    code: "literature-human",
    severity: "info",
    sentence: `People are published at ${shareSpan(accuracy)} on ${listed(datasets)} (${counted(rows.length, "row")}, ${
      spanText(classes)
    } classes): some of that are estimates, and none of it is about your images.`,
    evidence: rows.map((row) => ({
      id: `literature.human.${row.dataset}`,
      label: `${row.dataset}: ${row.method}${row.note === null ? "" : `, ${row.note}`} (${
        shortCitation(row.citation)
      })`,
      value: row.accuracy,
      unit: "share",
    })),
    remedy: "The quiz of notebook 04 measures what people reach on your own images.",
  })];
}

function moreImages({ cited }: LiteratureFacts): FindingRecord {
  return finding({
    code: "literature-more-images",
    severity: "info",
    sentence: cited.moreImages,
    remedy: "More real images help as surely as anything that is published; how much here, a curve over the number " +
      "of images tells.",
  });
}

function rowsRefused(refused: readonly Refusal[]): FindingRecord {
  const places = new Set(refused.map(({ file, place }) => `${file} ${place}`)).size;
  return finding({
    code: "literature-rows-refused",
    severity: "warning",
    sentence: `${counted(places, "row")} of your own published accuracies cannot be used: ${
      listed(refused.map(refusalText), 5)
    }.`,
    evidence: [{ id: "literature.refused", label: "Rows refused", value: places, unit: "count" }],
    remedy: "Mend what is named; the other rows are used.",
  });
}

function expectedOf({ expected }: LiteratureFacts, kind: MethodKind): Expectation | undefined {
  return expected.find((one) => one.kind === kind);
}
