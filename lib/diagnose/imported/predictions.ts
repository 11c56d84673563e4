import { extname } from "node:path";
import { DiagnosisError } from "../errors.ts";
import type { LabelledImage, LabelledImages } from "../images.ts";
import { predictedClasses, type Predictions } from "../predictions.ts";
import { counted, listed } from "../_words.ts";
import { PathFinder } from "./_paths.ts";
import { probabilitiesIn } from "./_probabilities.ts";
import { type Fault, type ImportedRow, parseCsv } from "./_table.ts";
import { nameOf, readText } from "./_text.ts";

/** Images that predictions from elsewhere can be about; `Dataset` of `lib/dataset` is one. */
export interface NamedImages extends LabelledImages {
  /** With their paths below the data set's folder, "/" between their parts. */
  readonly records: readonly (LabelledImage & { readonly path: string })[];
  /** Indices of the images that are not in the sealed test set. */
  readonly development: readonly number[];
  /** Where the test set comes from: the folders, or drawn by seed. */
  readonly test: { readonly source: "folder" | "seed" };
}

/** Predictions that another framework wrote. */
export interface ImportedPredictions extends Predictions {
  /** What had to be left out, in sentences. */
  readonly notes: readonly string[];
}

/** How predictions from elsewhere are read. */
export interface ImportOptions {
  /**
   * What becomes of images of the sealed test set. By default a file with some is refused where the folders say which
   * those are; where they were drawn by seed, nobody could know, and they are left out.
   */
  readonly sealed?: "refuse" | "leave-out";
}

const PATH_COLUMNS = ["path", "file_name", "filename", "file", "image"];

/**
 * Reads what a model elsewhere says of images that it was not trained on: a `.csv` with a column `path` and one column
 * per class, named as the class, with its probability. Columns that may be there: `label` (the true class, checked),
 * `split` (rows of "train" are left out), `fold` (which of several models it was). Others are ignored.
 *
 * Paths may be those below the data set's folder, longer (absolute), or shorter as long as they are unique.
 *
 * @throws DiagnosisError naming the file, and the line, path or column: unknown or ambiguous paths, an image listed
 *   twice, classes without a column, rows that are no probabilities, a label that is not the data set's, images of the
 *   sealed test set.
 */
export async function importPredictions(
  path: string,
  dataset: NamedImages,
  options: ImportOptions = {},
): Promise<ImportedPredictions> {
  const fault: Fault = (what) => new DiagnosisError(`Cannot use the predictions "${path}": ${what}`);
  if (![".csv", ".tsv"].includes(extname(path).toLowerCase())) {
    throw fault(`it must be a .csv file, it is ${extname(path) || "one without extension"}`);
  }
  const text = await readText(path, "the predictions");
  if (text.trim() === "") throw fault("it is empty");
  const { columns, rows: all } = parseCsv(text.normalize("NFC"), fault);
  const pathColumn = PATH_COLUMNS.find((name) => columns.includes(name) && !dataset.classes.includes(name));
  if (pathColumn === undefined) throw fault(`it needs a column "path", and has ${listed(columns)}`);
  const absent = dataset.classes.filter((name) => !columns.includes(name));
  if (absent.length > 0) {
    throw fault(
      `it needs a column for each class, named as the class; ${listed(absent)} ${
        absent.length === 1 ? "has" : "have"
      } none (the columns are ${listed(columns, 20)})`,
    );
  }

  const notes: string[] = [];
  const optional = (name: string) => columns.includes(name) && !dataset.classes.includes(name) ? name : null;
  const unseen = withoutTraining(all, optional("split"), notes);
  if (unseen.length === 0) throw fault("all its rows are of training images, which say nothing about unseen ones");
  const found = imagesOf(unseen, pathColumn, dataset, fault);
  const { rows, images } = withoutSealed(unseen, found, dataset, options.sealed, notes, fault);
  checkLabels(rows, images, optional("label"), dataset, fault);
  const probabilities = probabilitiesIn(rows, dataset.classes, fault);
  const predicted = predictedClasses(probabilities, dataset.classes.length);
  return {
    name: nameOf(path),
    images,
    probabilities,
    correct: images.map((image, i) => predicted[i] === dataset.records[image].label),
    folds: foldsOf(rows, optional("fold"), fault),
    notes,
  };
}

/**
 * The predictions that the command line was given, for notebooks that can show them beside what was trained here.
 *
 * @param path Empty where there are none.
 * @returns Null where there are none.
 * @throws DiagnosisError as {@link importPredictions}.
 */
export async function ownPredictions(path: string, dataset: NamedImages): Promise<ImportedPredictions | null> {
  return path === "" ? null : await importPredictions(path, dataset);
}

function withoutTraining(rows: readonly ImportedRow[], column: string | null, notes: string[]): readonly ImportedRow[] {
  if (column === null) return rows;
  const unseen = rows.filter(({ values }) => !/^train(ing)?$/i.test(values[column]));
  if (unseen.length < rows.length) {
    notes.push(`Left out: ${counted(rows.length - unseen.length, "training image")}.`);
  }
  return unseen;
}

/** The image of each row. */
function imagesOf(rows: readonly ImportedRow[], column: string, dataset: NamedImages, fault: Fault): number[] {
  const paths = rows.map(({ values }) => values[column]);
  const found = new PathFinder(dataset.records).find(paths);
  const unknown = paths.filter((_, i) => found[i].length === 0);
  if (unknown.length > 0) {
    throw fault(
      `${unknown.length} of its ${counted(paths.length, "path")} ${unknown.length === 1 ? "is" : "are"} of no image ` +
        `of the data set: ${listed(unknown.map((path) => `"${path}"`), 3)}`,
    );
  }
  const unclear = found.findIndex((images) => images.length > 1);
  if (unclear >= 0) {
    const meant = found[unclear].map((image) => dataset.records[image].path);
    throw fault(
      `"${paths[unclear]}" (${rows[unclear].where}) can be ${listed(meant, 3)}: write the path with its folder`,
    );
  }
  const images = found.map(([image]) => image);
  const lines = new Map<number, string>();
  for (const [i, image] of images.entries()) {
    const before = lines.get(image);
    if (before !== undefined) {
      throw fault(`each image must be listed once, "${paths[i]}" stands on ${before} and on ${rows[i].where}`);
    }
    lines.set(image, rows[i].where);
  }
  return images;
}

function withoutSealed(
  rows: readonly ImportedRow[],
  images: readonly number[],
  { development, records, test }: NamedImages,
  sealed: ImportOptions["sealed"],
  notes: string[],
  fault: Fault,
): { readonly rows: ImportedRow[]; readonly images: number[] } {
  const open = new Set(development);
  const closed = images.filter((image) => !open.has(image));
  if (closed.length > 0) {
    if ((sealed ?? (test.source === "folder" ? "refuse" : "leave-out")) === "refuse") {
      throw fault(
        `${counted(closed.length, "image")} (as ${records[closed[0]].path}) ${closed.length === 1 ? "is" : "are"} in ` +
          "the test set, which stays sealed until the verdict: give predictions for validation images",
      );
    }
    if (closed.length === images.length) {
      throw fault(
        `every image it names (${closed.length}) is in the test set that was drawn here, which stays sealed until the ` +
          "verdict: give predictions for more images",
      );
    }
    notes.push(
      `Left out: ${
        counted(closed.length, "image")
      } of the test set that was drawn here, which stays sealed until the ` +
        "verdict.",
    );
  }
  const kept = [...images.keys()].filter((i) => open.has(images[i]));
  return { rows: kept.map((i) => rows[i]), images: kept.map((i) => images[i]) };
}

function checkLabels(
  rows: readonly ImportedRow[],
  images: readonly number[],
  column: string | null,
  { classes, records }: NamedImages,
  fault: Fault,
): void {
  if (column === null) return;
  for (const [i, { where, values }] of rows.entries()) {
    const label = values[column];
    const known = classes[records[images[i]].label];
    if (label === "" || label === known) continue;
    throw fault(
      `the label on ${where} is "${label}", but ${records[images[i]].path} is of the class "${known}" in the data set`,
    );
  }
}

/** How many models measured the images. */
function foldsOf(rows: readonly ImportedRow[], column: string | null, fault: Fault): number {
  if (column === null) return 1;
  const without = rows.find(({ values }) => values[column] === "");
  if (without) throw fault(`"fold" must say which of several models it was, on ${without.where} it is empty`);
  return new Set(rows.map(({ values }) => values[column])).size;
}
