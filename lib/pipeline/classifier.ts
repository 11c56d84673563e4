import type { Dataset } from "../dataset/mod.ts";
import type { Figure } from "../display/mod.ts";
import { applyTemperature } from "../stats/mod.ts";
import { PipelineError } from "./errors.ts";
import type { Fitted, Look, Predictor } from "./fitted.ts";
import { openFitted } from "./kinds/mod.ts";
import { picturesOf } from "./pictures.ts";
import { type Picture, squared } from "./resize.ts";
import { distances, highestOf, unitRows, type UnlikeRule } from "./unlike.ts";

/** What a classifier says of one picture. */
export interface Answer {
  /** Index of the likeliest class. */
  readonly label: number;
  /** Calibrated probabilities [K]. */
  readonly probabilities: Float64Array;
  /** Whether it is unlike anything in training: then the probabilities mean little. Null where there is no rule. */
  readonly unlike: boolean | null;
  /** What the rule looked at: a distance, or the highest probability; null without a rule. */
  readonly strangeness: number | null;
}

/** All that a classifier is, as data. */
export interface ClassifierContent {
  /** Names the fit: equal ids mean equal bits. */
  readonly id: string;
  /** Of the offer it came from, as "frozen-head". */
  readonly name: string;
  /** Class names, K. */
  readonly classes: readonly string[];
  /** Working size of the data set: what networks without a size of their own see, in pixels. */
  readonly size: number;
  readonly fitted: Fitted;
  /** What of other files it depends on, by their content: a backbone that has changed since would give nonsense. */
  readonly identity: string;
  /** Fitted on out-of-fold predictions; 1 where there were none. */
  readonly temperature: number;
  readonly unlike: UnlikeRule | null;
  /** Embeddings of training images, rows of length 1 [m, D]; empty where the rule needs none. */
  readonly reference: Float32Array;
  readonly facts: ClassifierFacts;
}

/** Where a classifier comes from and what it was measured to be worth, for its model card. */
export interface ClassifierFacts {
  /** Of the data set, and its fingerprint. */
  readonly dataset: string;
  readonly fingerprint: string;
  /** Images trained on, and how many of each class. */
  readonly images: number;
  readonly perClass: readonly number[];
  readonly groups: number | null;
  readonly engine: string;
  readonly seconds: number;
  /** Accuracies with their intervals. */
  readonly metrics: readonly Figure[];
}

/** Pictures that are looked at together. */
const TOGETHER = 64;

/** A fitted classifier, ready to predict on the engine in use. */
export class Classifier {
  readonly #predictor: Predictor;

  private constructor(readonly content: ClassifierContent, predictor: Predictor) {
    this.#predictor = predictor;
  }

  /** @throws PipelineError, BackboneError, ModelError where something that it names is gone or has changed. */
  static async open(content: ClassifierContent): Promise<Classifier> {
    const { classes, size, fitted } = content;
    return new Classifier(content, await openFitted(fitted, { classes: classes.length, size }));
  }

  get classes(): readonly string[] {
    return this.content.classes;
  }

  /** The same classifier with these metrics on its card. */
  withMetrics(metrics: readonly Figure[]): Classifier {
    return new Classifier({ ...this.content, facts: { ...this.content.facts, metrics } }, this.#predictor);
  }

  /** What it says of decoded pictures of any size. */
  async answers(pictures: readonly Picture[]): Promise<Answer[]> {
    return await this.#inParts(pictures.length, (from, to) => (size) => {
      const pixels = new Uint8Array((to - from) * size * size * 3);
      pictures.slice(from, to).forEach((picture, i) => pixels.set(squared(picture, size), i * size * size * 3));
      return pixels;
    });
  }

  /**
   * What it says of images of a data set.
   *
   * @param options `opened`: for images of the sealed test set, the array that opened it.
   */
  async predict(
    images: Pick<Dataset, "pixels">,
    indices: readonly number[],
    options: { readonly opened?: readonly number[]; readonly onProgress?: (done: number) => void } = {},
  ): Promise<Answer[]> {
    const { opened, onProgress } = options;
    return await this.#inParts(
      indices.length,
      (from, to) => (size) =>
        images.pixels(indices.slice(from, to), { size, keep: false, ...(opened ? { opened } : {}) }),
      onProgress,
    );
  }

  dispose(): void {
    this.#predictor.dispose();
  }

  async #inParts(
    n: number,
    pixels: (from: number, to: number) => (size: number) => Uint8Array | Promise<Uint8Array>,
    onProgress?: (done: number) => void,
  ): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let from = 0; from < n; from += TOGETHER) {
      const to = Math.min(n, from + TOGETHER);
      const look = await this.#predictor.look(picturesOf(to - from, pixels(from, to)));
      answers.push(...this.#judged(look, to - from));
      onProgress?.(to);
    }
    return answers;
  }

  #judged({ probabilities, embedding }: Look, n: number): Answer[] {
    const { classes: { length: K }, temperature, unlike, reference } = this.content;
    const calibrated = applyTemperature(probabilities, K, temperature);
    let strange: Float64Array | null = null;
    if (unlike?.kind === "distance") {
      if (embedding === null || embedding.length !== n * unlike.dimensions) {
        throw new PipelineError(
          `Cannot tell what is unlike training: ${this.content.name} gives no embedding any more`,
        );
      }
      const { dimensions, neighbours } = unlike;
      strange = distances(unitRows(embedding, dimensions), reference, dimensions, neighbours);
    } else if (unlike?.kind === "confidence") strange = highestOf(calibrated, K);
    return Array.from({ length: n }, (_, i) => {
      const row = calibrated.slice(i * K, (i + 1) * K);
      const strangeness = strange?.[i] ?? null;
      return {
        label: row.reduce((best, value, k) => value > row[best] ? k : best, 0),
        probabilities: row,
        strangeness,
        unlike: strangeness === null || unlike === null
          ? null
          : unlike.kind === "distance"
          ? strangeness > unlike.threshold
          : strangeness < unlike.threshold,
      };
    });
  }
}
