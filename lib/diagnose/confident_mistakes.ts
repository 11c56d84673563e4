import { escapeHtml, formatShare, ImageGrid, type ResultRecord, Shown, type Table, tableText } from "../display/mod.ts";
import { answersOf, slug } from "./_answers.ts";
import { picture, type PicturedImages } from "./_pictures.ts";
import type { Predictions } from "./predictions.ts";
import { counted } from "./_words.ts";

/** An image that is classified wrong. */
export interface Mistake {
  /** Index into the data set's records. */
  readonly image: number;
  readonly path: string;
  /** Names of the classes. */
  readonly truth: string;
  readonly said: string;
  /** Probability of the class that was said. */
  readonly confidence: number;
  /** Probability of the true class. */
  readonly given: number;
}

/** The images that a model is surest of and wrong about, as a gallery. */
export class ConfidentMistakes extends Shown {
  readonly name: string;
  /** The most confident first; at most as many as were asked for. */
  readonly mistakes: readonly Mistake[];
  /** All images classified wrong, and all measured. */
  readonly wrong: number;
  readonly measured: number;
  readonly #grid: ImageGrid;

  constructor(facts: {
    readonly name: string;
    readonly mistakes: readonly Mistake[];
    readonly wrong: number;
    readonly measured: number;
    readonly grid: ImageGrid;
  }) {
    super();
    this.name = facts.name;
    this.mistakes = facts.mistakes;
    this.wrong = facts.wrong;
    this.measured = facts.measured;
    this.#grid = facts.grid;
  }

  override html(): string {
    return `${this.#grid.html()}<p class="plateau-note">${escapeHtml(this.#note())}</p>`;
  }

  override text(): string {
    return `${tableText(this.table())}\n${this.#note()}`;
  }

  override record(): ResultRecord {
    return { tables: [this.table()] };
  }

  table(): Table {
    return {
      id: `confident-mistakes-${slug(this.name)}`,
      title: `What ${this.name} is surest of and wrong about`,
      columns: [
        { key: "path", label: "File" },
        { key: "truth", label: "True class" },
        { key: "said", label: "Said" },
        { key: "confidence", label: "Confidence", unit: "share" },
        { key: "given", label: "Left for the true class", unit: "share" },
      ],
      rows: this.mistakes.map(({ path, truth, said, confidence, given }) => ({ path, truth, said, confidence, given })),
    };
  }

  #note(): string {
    return `${counted(this.wrong, "image")} of ${this.measured} are classified wrong; here are the ` +
      `${this.mistakes.length} said with the highest confidence.`;
  }
}

/**
 * The images that the model is surest of and wrong about: mislabelled ones, odd ones, and what it has not understood.
 * Images for which it gives no number are left out.
 *
 * @param predictions Out-of-fold, or of a file from elsewhere: see `predictionsOf`.
 * @param dataset That the predictions are of.
 * @param options `most` images are shown, 24 by default.
 * @throws DiagnosisError when the predictions do not fit the data set.
 */
export async function confidentMistakes(
  predictions: Predictions,
  dataset: PicturedImages,
  { most = 24 }: { readonly most?: number } = {},
): Promise<ConfidentMistakes> {
  const { name, images, labels, said, classes, probabilities } = answersOf(predictions, dataset);
  const K = classes.length;
  const wrong = images.flatMap((image, i): Mistake[] => {
    const confidence = probabilities[i * K + said[i]];
    if (said[i] === labels[i] || said[i] < 0 || !Number.isFinite(confidence)) return [];
    return [{
      image,
      path: dataset.records[image].path,
      truth: classes[labels[i]],
      said: classes[said[i]],
      confidence,
      given: probabilities[i * K + labels[i]],
    }];
  }).toSorted((a, b) => b.confidence - a.confidence);
  const mistakes = wrong.slice(0, most);
  const captioned = await Promise.all(
    mistakes.map(({ image, truth, said, confidence, path }) =>
      picture(dataset, image, `${truth}, said ${said} (${formatShare(confidence, { n: 1 })}): ${path}`)
    ),
  );
  const grid = new ImageGrid({
    title: mistakes.length === 0 ? `${name} classifies no image wrong` : `What ${name} is surest of and wrong about`,
    alt: `${mistakes.length} images with their true class, the class that was said, its confidence and the file`,
    // A row for every few, so that the label says where in the list one is.
    rows: Array.from({ length: Math.ceil(captioned.length / PER_ROW) }, (_, row) => {
      const part = mistakes.slice(row * PER_ROW, (row + 1) * PER_ROW);
      const [first, last] = [part[0], part[part.length - 1]].map(({ confidence }) => formatShare(confidence, { n: 1 }));
      return {
        label: first === last ? `Confidence ${first}` : `Confidence ${first} to ${last}`,
        images: captioned.slice(row * PER_ROW, (row + 1) * PER_ROW),
      };
    }),
  });
  return new ConfidentMistakes({ name, mistakes, wrong: wrong.length, measured: images.length, grid });
}

const PER_ROW = 8;
