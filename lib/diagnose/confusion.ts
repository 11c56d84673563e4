import { type Chart, confusion as drawConfusion } from "../chart/mod.ts";
import { type Figure, type FindingRecord, formatCount, formatShare, ImageGrid, type Table } from "../display/mod.ts";
import { accuracyInterval, type Interval } from "../stats/mod.ts";
import { type Answers, answersOf, slug } from "./_answers.ts";
import { ChartedResult } from "./_charted.ts";
import { finding } from "./finding.ts";
import type { LabelledImages } from "./images.ts";
import { distinctGroupsFirst, picture, type PicturedImages } from "./_pictures.ts";
import type { Predictions } from "./predictions.ts";
import { orderBySimilarity } from "./_seriation.ts";
import { counted } from "./_words.ts";
import { bounds } from "./_bounds.ts";

/** Images of one class that are taken for another. */
export interface Mistaken {
  /** Indices of the two classes. */
  readonly truth: number;
  readonly said: number;
  /** Indices into the data set's records, the most confident mistakes first. */
  readonly images: readonly number[];
  /** Images of the true class. */
  readonly of: number;
  /** Which share of its class that is, with its interval. */
  readonly share: Interval;
}

/** Two classes that are taken for each other, the direction of more mistakes first. */
export interface ConfusedPair {
  readonly more: Mistaken;
  /** The other way round; without images where that never happens. */
  readonly less: Mistaken;
  /** Mistakes in both directions. */
  readonly mistakes: number;
}

/** How many pictures a gallery of confused pairs has. */
export interface GalleryOptions {
  /** Pairs, 6 by default. */
  readonly pairs?: number;
  /** Pictures of each of the two classes, 4 by default. */
  readonly perClass?: number;
}

/**
 * Which classes a model takes for which. Displays itself as a chart of counts; `shares()` is the same row by row in per
 * cent, `gallery()` shows the images of the pairs most often confused.
 */
export class Confusion extends ChartedResult {
  readonly name: string;
  /** [K] Names. */
  readonly classes: readonly string[];
  /** [K, K] Images by true class (rows) and predicted class (columns), in the order of `classes`. */
  readonly matrix: readonly (readonly number[])[];
  /** [K] Images of each class for which the model gave no number. */
  readonly unanswered: readonly number[];
  /** [K] Indices of the classes, similar ones (often taken for each other) beside each other. */
  readonly order: readonly number[];
  /** Those confused at least once, the most often confused first. */
  readonly pairs: readonly ConfusedPair[];
  readonly #confidence: ReadonlyMap<number, number>;

  constructor(answers: Answers, seed: number) {
    super();
    const { labels, said, probabilities, classes, images } = answers;
    const K = classes.length;
    const matrix = classes.map(() => new Array<number>(K).fill(0));
    const unanswered = new Array<number>(K).fill(0);
    for (const [i, label] of labels.entries()) {
      if (said[i] < 0) unanswered[label]++;
      else matrix[label][said[i]]++;
    }
    this.name = answers.name;
    this.classes = classes;
    this.matrix = matrix;
    this.unanswered = unanswered;
    this.order = orderBySimilarity(similarities(matrix));
    this.#confidence = new Map(images.map((image, i) => [image, probabilities[i * K + said[i]]]));
    this.pairs = pairsOf(answers, this.#confidence, seed);
  }

  /** Counts, classes ordered by similarity. */
  override chart(): Chart {
    return this.#draw("counts");
  }

  /** The same in per cent of each true class: what to look at where classes are uneven. */
  shares(): Chart {
    return this.#draw("shares");
  }

  /**
   * Images of the pairs most often confused, side by side: of each pair first those of one class that were taken for the
   * other, then the other way round. The most confident mistakes come first, one image of each group before any second.
   *
   * @param dataset That the predictions are of.
   */
  async gallery(dataset: PicturedImages, { pairs = 6, perClass = 4 }: GalleryOptions = {}): Promise<ImageGrid> {
    const rows = await Promise.all(
      this.pairs.slice(0, pairs).map(async ({ more, less }) => ({
        label: [more, less].filter(({ images }) => images.length > 0).map((one) => this.#inWords(one)).join("; "),
        images: (await Promise.all(
          [more, less].map((one) =>
            Promise.all(
              distinctGroupsFirst(dataset, one.images).slice(0, perClass).map((image) =>
                picture(
                  dataset,
                  image,
                  `${this.classes[one.truth]}, said ${this.classes[one.said]} (${
                    formatShare(this.#confidence.get(image)!, { n: 1 })
                  }): ${dataset.records[image].path.split("/").at(-1)}`,
                )
              ),
            )
          ),
        )).flat(),
      })),
    );
    return new ImageGrid({
      title: rows.length === 0
        ? `${this.name} confuses no two classes`
        : `The classes that ${this.name} confuses most often`,
      alt:
        `Up to ${perClass} images of each of the two classes of ${rows.length} pairs, with the class that was said, ` +
        "its confidence and the file",
      rows,
    });
  }

  override figures(): Figure[] {
    return this.pairs.slice(0, 3).flatMap(({ more, less }) => [this.#figure(more), this.#figure(less)]);
  }

  override table(): Table {
    return {
      id: `confused-pairs-${slug(this.name)}`,
      title: `Classes that ${this.name} confuses, most often first`,
      columns: [
        { key: "truth", label: "True class" },
        { key: "said", label: "Taken for" },
        { key: "mistakes", label: "Images", unit: "count" },
        { key: "of", label: "of the class", unit: "count" },
        { key: "share", label: "Share", unit: "share", bounds: ["low", "high"] },
        { key: "back", label: "The other way round", unit: "count" },
        { key: "backOf", label: "of that class", unit: "count" },
      ],
      rows: this.pairs.slice(0, 12).map(({ more, less }) => ({
        truth: this.classes[more.truth],
        said: this.classes[more.said],
        mistakes: more.images.length,
        of: more.of,
        share: more.share.estimate,
        low: more.share.low,
        high: more.share.high,
        back: less.images.length,
        backOf: less.of,
      })),
    };
  }

  protected override list(): FindingRecord[] {
    const often = this.pairs.filter(({ mistakes }) => mistakes > 1).slice(0, 3);
    if (often.length === 0) {
      return [finding({
        code: "no-confused-pair",
        severity: "good",
        sentence: `No two classes are taken for each other more than once by ${this.name}.`,
      })];
    }
    const wrong = this.pairs.reduce((sum, { mistakes }) => sum + mistakes, 0);
    const listed = often.reduce((sum, { mistakes }) => sum + mistakes, 0);
    return [finding({
      code: "confused-pairs",
      severity: "info",
      sentence: `What ${this.name} confuses most often: ${
        often.map(({ more, less }) =>
          `${this.#times(more)}` + (less.images.length > 0 ? `, the other way round ${this.#outOf(less)}` : "")
        ).join("; ")
      }. These are ${formatCount(listed)} of its ${counted(wrong, "mistake")}.`,
      evidence: often.flatMap(({ more, less }) => [this.#figure(more), this.#figure(less)]),
      remedy:
        "Look at these images side by side: where you hesitate too, the classes may need another definition; where " +
        "you don't, images that show the difference are worth collecting.",
      chart: this.#id("counts"),
    })];
  }

  #id(numbers: "counts" | "shares"): string {
    return `confusion-${numbers}-${slug(this.name)}`;
  }

  #draw(numbers: "counts" | "shares"): Chart {
    const { classes, matrix, order, unanswered, name } = this;
    return drawConfusion(classes, matrix, {
      numbers,
      order,
      unanswered,
      id: this.#id(numbers),
      title: `${name}: predicted against true class, in ${
        numbers === "counts" ? "images" : "per cent of the true class"
      }`,
      record: numbers === "counts" ? { figures: this.figures(), tables: [this.table()] } : undefined,
    });
  }

  /** "bird taken for bug: 7 of 47". */
  #inWords(mistaken: Mistaken): string {
    return `${this.classes[mistaken.truth]} taken for ${this.classes[mistaken.said]}: ${this.#outOf(mistaken)}`;
  }

  /** "bird taken for bug 7 of 47 times". */
  #times(mistaken: Mistaken): string {
    return `${this.classes[mistaken.truth]} taken for ${this.classes[mistaken.said]} ${this.#outOf(mistaken)} times`;
  }

  #outOf({ images, of }: Mistaken): string {
    return `${formatCount(images.length)} of ${formatCount(of)}`;
  }

  #figure({ truth, said, share }: Mistaken): Figure {
    return {
      id: `${slug(this.name)}.confusion.${slug(this.classes[truth])}-as-${slug(this.classes[said])}`,
      label: `${this.classes[truth]} taken for ${this.classes[said]}`,
      ...bounds(share),
      unit: "share",
    };
  }
}

/**
 * Which classes are taken for which: counts and shares, classes ordered so that those often confused stand beside each
 * other, and the pairs confused most often.
 *
 * @param predictions Out-of-fold, or of a file from elsewhere: see `predictionsOf`.
 * @param dataset Where labels and groups come from.
 * @param options `seed` of the bootstrap over groups.
 * @throws DiagnosisError when the predictions do not fit the data set.
 */
export function confusion(
  predictions: Predictions,
  dataset: LabelledImages,
  options: { readonly seed?: number } = {},
): Confusion {
  return new Confusion(answersOf(predictions, dataset), options.seed ?? 1);
}

/** How often two classes are taken for each other: the mean of both directions, each as a share of its true class. */
function similarities(matrix: readonly (readonly number[])[]): number[][] {
  const rows = matrix.map((row) => {
    const images = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => images === 0 ? 0 : count / images);
  });
  return rows.map((row, i) => row.map((share, j) => i === j ? 0 : (share + rows[j][i]) / 2));
}

function pairsOf(answers: Answers, confidence: ReadonlyMap<number, number>, seed: number): ConfusedPair[] {
  const { labels, said, images, classes, groups } = answers;
  const members = Map.groupBy(labels.keys(), (i) => labels[i]);
  const shareOf = (own: readonly number[], other: number): Interval =>
    own.length === 0 ? { estimate: 0, low: 0, high: 1, level: 0.95, method: "no images", n: 0 } : accuracyInterval({
      correct: own.map((i) => said[i] === other),
      groups: groups && own.map((i) => groups[i]),
      seed,
    });
  const mistaken = (truth: number, other: number): Mistaken => {
    const own = members.get(truth) ?? [];
    const taken = own.filter((i) => said[i] === other).map((i) => images[i]);
    let share: Interval | undefined;
    return {
      truth,
      said: other,
      images: taken.toSorted((a, b) => confidence.get(b)! - confidence.get(a)!),
      of: own.length,
      // Of a hundred classes there may be thousands of pairs, and few are looked at.
      get share() {
        return share ??= shareOf(own, other);
      },
    };
  };
  const confused = new Set<number>();
  for (const [i, label] of labels.entries()) {
    if (said[i] < 0 || said[i] === label) continue;
    confused.add(Math.min(label, said[i]) * classes.length + Math.max(label, said[i]));
  }
  const rate = ({ more, less }: ConfusedPair) =>
    [more, less].reduce((sum, { images, of }) => sum + images.length / Math.max(1, of), 0);
  return [...confused].toSorted((a, b) => a - b).map((key): ConfusedPair => {
    const a = Math.floor(key / classes.length), b = key % classes.length;
    const [more, less] = [mistaken(a, b), mistaken(b, a)].toSorted((x, y) => y.images.length - x.images.length);
    return { more, less, mistakes: more.images.length + less.images.length };
  }).toSorted((x, y) => y.mistakes - x.mistakes || rate(y) - rate(x));
}
