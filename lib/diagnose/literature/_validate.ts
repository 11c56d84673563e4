import { type Citation, type LiteratureRow, METHOD_KINDS, METRICS } from "./types.ts";

/** Why a row, or a whole file, is not used. */
export interface Refusal {
  /** Name of the file. */
  readonly file: string;
  /** As "row 3" or "line 4"; null where the file as a whole is meant. */
  readonly place: string | null;
  /** The field that is wrong; null where the row as a whole is. */
  readonly field: string | null;
  /** What it must be: "a share from 0 to 1". */
  readonly constraint: string;
  /** What it is, short enough to be shown. */
  readonly value: string;
}

/** "literature.csv, line 4: accuracy must be a share from 0 to 1, got 83". */
export function refusalText({ file, place, field, constraint, value }: Refusal): string {
  return `${file}${place === null ? "" : `, ${place}`}: ${
    field ?? (place === null ? "the file" : "the row")
  } must be ${`${constraint}, got ${value}`}`;
}

/** What a field must be, or null where it is. */
type Check = (value: unknown) => string | null;

const text: Check = (value) => typeof value === "string" && value.trim() !== "" ? null : "a text that is not empty";
const link: Check = (value) => typeof value === "string" && isLink(value) ? null : "a link that begins with https://";
const flag: Check = (value) => typeof value === "boolean" ? null : "true or false";
const count = (least: number): Check => (value) =>
  Number.isInteger(value) && (value as number) >= least ? null : `a whole number of at least ${least}`;
const oneOf = (names: readonly string[]): Check => (value) =>
  names.includes(value as string) ? null : `one of ${names.join(", ")}`;
const share: Check = (value) => {
  if (typeof value === "number" && value >= 0 && value <= 1) return null;
  return typeof value === "number" && value > 1 && value <= 100
    ? "a share from 0 to 1 (per cent divided by 100)"
    : "a share from 0 to 1";
};
const positive: Check = (value) =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? null : "a number above 0";

const REQUIRED: Readonly<Record<string, Check>> = {
  dataset: text,
  classes: count(2),
  method: text,
  methodKind: oneOf(METHOD_KINDS),
  accuracy: share,
};
const OPTIONAL: Readonly<Record<string, Check>> = {
  imageSize: text,
  pixels: count(1),
  trainImages: count(1),
  testImages: count(1),
  imagesPerClassTrain: positive,
  metric: oneOf(METRICS),
  optimistic: flag,
  overlap: flag,
  note: text,
  verifiedAt: text,
};
const CITATION_REQUIRED: Readonly<Record<string, Check>> = { authors: text, title: text };
const CITATION_OPTIONAL: Readonly<Record<string, Check>> = { year: count(1800), venue: text, url: link };

/** Fields of a citation; a CSV file has them as columns of the row. */
export const CITATION_FIELDS = [...Object.keys(CITATION_REQUIRED), ...Object.keys(CITATION_OPTIONAL)];

/**
 * One row as it was read, or everything that is wrong with it. Unknown fields are refused too: a misspelt optional field
 * would be lost without a word.
 *
 * @param own Whether it is a person's own: of the others, where each was read must be known.
 */
export function readRow(
  value: unknown,
  where: { readonly file: string; readonly place: string; readonly own: boolean },
): LiteratureRow | Refusal[] {
  const { file, place, own } = where;
  const refusals: Refusal[] = [];
  const refuse = (field: string | null, constraint: string, got: unknown) =>
    void refusals.push({ file, place, field, constraint, value: shown(got) });
  if (!isObject(value)) {
    refuse(null, "an object with fields", value);
    return refusals;
  }
  const check = (
    object: Readonly<Record<string, unknown>>,
    required: Readonly<Record<string, Check>>,
    optional: Readonly<Record<string, Check>>,
    prefix: string,
    others: readonly string[] = [],
  ) => {
    for (const [field, fault] of Object.entries(required)) {
      const constraint = fault(object[field]);
      if (constraint !== null) refuse(prefix + field, constraint, object[field]);
    }
    for (const [field, fault] of Object.entries(optional)) {
      if (object[field] === undefined || object[field] === null) continue;
      const constraint = fault(object[field]);
      if (constraint !== null) refuse(prefix + field, constraint, object[field]);
    }
    const known = [...Object.keys(required), ...Object.keys(optional), ...others];
    for (const field of Object.keys(object)) {
      if (!known.includes(field)) refuse(null, `without fields but ${known.join(", ")}`, prefix + field);
    }
  };
  const { citation } = value;
  check(value, REQUIRED, OPTIONAL, "", ["citation"]);
  if (isObject(citation)) check(citation, CITATION_REQUIRED, CITATION_OPTIONAL, "citation.");
  else refuse("citation", "an object with authors and title", citation);
  if (!own && text(value.verifiedAt) !== null) refuse("verifiedAt", "the place where it was read", value.verifiedAt);
  if (refusals.length > 0) return refusals;
  const row = completed(value as RawRow, own ? file : null);
  const { imagesPerClassTrain: perClass, trainImages: all, classes } = row;
  if (perClass !== null && all !== null && Math.abs(all / classes / perClass - 1) > 0.02) {
    refuse("imagesPerClassTrain", `trainImages / classes, ${shown(Number((all / classes).toPrecision(4)))}`, perClass);
    return refusals;
  }
  return row;
}

type RawRow =
  & Pick<LiteratureRow, "dataset" | "classes" | "method" | "methodKind" | "accuracy">
  & Partial<Omit<LiteratureRow, "citation">>
  & { readonly citation: Pick<Citation, "authors" | "title"> & Partial<Citation> };

/** With what was left out filled in. */
function completed(raw: RawRow, file: string | null): LiteratureRow {
  const { trainImages = null, imagesPerClassTrain = null, pixels = null, citation } = raw;
  return {
    dataset: raw.dataset.trim(),
    classes: raw.classes,
    imageSize: raw.imageSize ?? (pixels === null ? "size not given" : `${pixels}x${pixels}`),
    pixels,
    trainImages,
    testImages: raw.testImages ?? null,
    imagesPerClassTrain: imagesPerClassTrain ?? (trainImages === null ? null : trainImages / raw.classes),
    method: raw.method.trim(),
    methodKind: raw.methodKind,
    accuracy: raw.accuracy,
    metric: raw.metric ?? "accuracy",
    optimistic: raw.optimistic ?? false,
    overlap: raw.overlap ?? false,
    note: raw.note ?? null,
    citation: {
      authors: citation.authors,
      title: citation.title,
      year: citation.year ?? null,
      venue: citation.venue ?? null,
      url: citation.url ?? null,
    },
    verifiedAt: raw.verifiedAt ?? null,
    file,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isLink(value: string): boolean {
  return /^https?:\/\/\S+$/.test(value) && URL.canParse(value);
}

/** A value as a message can show it. */
function shown(value: unknown): string {
  if (value === undefined || value === "") return "nothing";
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}
