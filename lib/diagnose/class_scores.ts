import { type Chart, classScores as drawScores } from "../chart/mod.ts";
import { type Figure, type FindingRecord, formatInterval, formatShare, type Table } from "../display/mod.ts";
import { type ClassScore, classScores as scoresOf, type Interval, recallTest } from "../stats/mod.ts";
import { type Answers, answersOf, slug } from "./_answers.ts";
import { ChartedResult } from "./_charted.ts";
import { finding } from "./finding.ts";
import type { LabelledImages } from "./images.ts";
import type { Predictions } from "./predictions.ts";
import { counted, listed } from "./_words.ts";
import { bounds } from "./_bounds.ts";

/** Precision, recall and F1 of one class. */
export interface NamedScore extends ClassScore {
  readonly name: string;
}

/** How well each class is recognised. Displays itself as a chart, the weakest class first. */
export class ClassScores extends ChartedResult {
  readonly name: string;
  /** [K] In the order of the classes. */
  readonly rows: readonly NamedScore[];
  /** Share of all images classified right. */
  readonly accuracy: number;
  /**
   * Classes whose recall is below the accuracy of all by more than chance would make it among K classes (`recallTest`
   * at 0.05), the lowest first. Of a class of few images or groups nothing can be told.
   */
  readonly weak: readonly NamedScore[];
  /** Classes with images of which none is recognised. */
  readonly never: readonly NamedScore[];

  constructor({ name, labels, said, classes, groups }: Answers, seed: number) {
    super();
    const K = classes.length;
    // An image without an answer counts as taken for a class of its own, which none is.
    const predictions = said.map((label) => label < 0 ? K : label);
    const scores = scoresOf(labels, predictions, K + 1, { groups, seed }).slice(0, K);
    const correct = Array.from(labels, (label, i) => label === said[i]);
    // Of many images, fewer draws tell as much as anybody waits for.
    const draws = Math.round(Math.min(5000, Math.max(1000, 1e7 / labels.length)));
    const ps = recallTest({ labels, correct, classes: K, groups, seed, draws });
    this.name = name;
    this.rows = scores.map((score) => ({ ...score, name: classes[score.label] }));
    this.accuracy = correct.filter(Boolean).length / correct.length;
    this.weak = this.rows.filter(({ label }) => ps[label] < 0.05)
      .toSorted((a, b) => a.recall!.estimate - b.recall!.estimate);
    this.never = this.rows.filter(({ recall }) => recall !== null && recall.estimate === 0);
  }

  override chart(): Chart {
    return drawScores(
      this.#weakestFirst().map(({ name, images, precision, recall, f1 }) => ({
        label: name,
        images,
        precision,
        recall,
        f1,
      })),
      {
        id: this.#id(),
        title: `${this.name}: recall, precision and F1 of each class`,
        accuracy: this.accuracy,
        record: { figures: this.figures(), tables: [this.table()] },
      },
    );
  }

  override figures(): Figure[] {
    return this.rows.flatMap((row) => row.f1 === null ? [] : [this.#figure(row, "f1", "F1", row.f1)]);
  }

  override table(): Table {
    const score = (key: string, interval: Interval | null) => ({
      [key]: interval?.estimate ?? null,
      [`${key}Low`]: interval?.low ?? null,
      [`${key}High`]: interval?.high ?? null,
    });
    const column = (key: string, label: string) => (
      { key, label, unit: "share" as const, bounds: [`${key}Low`, `${key}High`] as const }
    );
    return {
      id: this.#id(),
      title: `${this.name}: how well each class is recognised, the weakest first`,
      columns: [
        { key: "name", label: "Class" },
        { key: "images", label: "Images", unit: "count" },
        { key: "predicted", label: "Said", unit: "count" },
        column("recall", "Recall"),
        column("precision", "Precision"),
        column("f1", "F1"),
      ],
      rows: this.#weakestFirst().map(({ name, images, predicted, recall, precision, f1 }) => ({
        name,
        images,
        predicted,
        ...score("recall", recall),
        ...score("precision", precision),
        ...score("f1", f1),
      })),
    };
  }

  protected override list(): FindingRecord[] {
    const { weak, never, rows } = this;
    const untold = never.filter((row) => !weak.includes(row));
    const list: FindingRecord[] = [];
    const inWords = ({ name, recall, images }: NamedScore) =>
      `${name} ${formatInterval(recall!)} of ${counted(images, "image")}`;
    if (weak.length > 0) {
      list.push(finding({
        code: "weak-classes",
        severity: "warning",
        sentence: `${this.name} recognises ${listed(weak.map(inWords), 4)}: less than the ${
          formatShare(this.accuracy)
        } over all classes, by more than chance among ${rows.length} classes.`,
        evidence: weak.map((row) => this.#figure(row, "recall", "Recall", row.recall!)),
        remedy: "Look at what these classes are taken for in the confusion matrix, and collect images of them first.",
        chart: this.#id(),
      }));
    } else {
      const measured = rows.filter(({ recall }) => recall !== null)
        .toSorted((a, b) => a.recall!.estimate - b.recall!.estimate);
      list.push(finding({
        code: "no-weak-class-told",
        severity: "info",
        sentence: `No class is recognised worse than the rest by more than chance among ${rows.length} classes would ` +
          `make it; the lowest is ${inWords(measured[0])}.`,
        evidence: [this.#figure(measured[0], "recall", "Recall", measured[0].recall!)],
        chart: this.#id(),
      }));
    }
    if (untold.length > 0) {
      list.push(finding({
        code: "class-never-recognised",
        severity: "info",
        sentence: `No image is recognised of ${
          listed(untold.map(({ name, images }) => `${name} (${counted(images, "image")})`), 4)
        }; with so few it may be chance.`,
        evidence: untold.map((row) => this.#figure(row, "recall", "Recall", row.recall!)),
        remedy: "Collect more images of these classes, or leave them out.",
        chart: this.#id(),
      }));
    }
    return list;
  }

  #weakestFirst(): NamedScore[] {
    return this.rows.toSorted((a, b) => (a.recall?.estimate ?? 2) - (b.recall?.estimate ?? 2));
  }

  #id(): string {
    return `class-scores-${slug(this.name)}`;
  }

  #figure(row: NamedScore, id: string, label: string, interval: Interval): Figure {
    return {
      id: `${slug(this.name)}.${id}.${slug(row.name)}`,
      label: `${label} of ${row.name}`,
      ...bounds(interval),
      unit: "share",
    };
  }
}

/**
 * Precision, recall and F1 of each class, with intervals: Wilson's, or a bootstrap over groups where they are known. An
 * image without an answer counts as a miss of its class.
 *
 * @param predictions Out-of-fold, or of a file from elsewhere: see `predictionsOf`.
 * @param dataset Where labels and groups come from.
 * @param options `seed` of the bootstrap over groups.
 * @throws DiagnosisError when the predictions do not fit the data set.
 */
export function classScores(
  predictions: Predictions,
  dataset: LabelledImages,
  options: { readonly seed?: number } = {},
): ClassScores {
  return new ClassScores(answersOf(predictions, dataset), options.seed ?? 1);
}
