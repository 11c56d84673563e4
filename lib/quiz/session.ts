import type { Dataset } from "../dataset/mod.ts";
import { formatInterval, formatSeconds } from "../display/mod.ts";
import { accuracyInterval } from "../stats/mod.ts";
import { type Answer, nameFault, raterName } from "./answer_file.ts";
import { imagesText, medianSeconds, sameClasses } from "./answers.ts";
import { QuizError } from "./errors.ts";
import { mergedAnswers, raterKey } from "./merge.ts";
import type { Questions } from "./questions.ts";
import { allAnswerFiles, AnswerStore } from "./store.ts";

/** An image that is answered, by its place among the questions. */
export interface Answered {
  readonly position: number;
  /** Index into the classes; null for "can't tell". */
  readonly class: number | null;
  /** Its truth has been shown. */
  readonly final: boolean;
}

/** What a person learns at the end, and not before. */
export interface QuizResult {
  /** "83 % [75, 90]", the interval over groups where they are known. */
  readonly accuracy: string;
  /** One line: what it rests on. */
  readonly basis: string;
  readonly missed: readonly { readonly position: number; readonly said: number | null; readonly label: number }[];
}

/** One person at the quiz: knows what is answered, keeps each answer, and shows the truth only at the end. */
export class QuizSession {
  readonly #byImage = new Map<string, Answer>();
  /** One change after the other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly dataset: Dataset,
    readonly questions: Questions,
    readonly rater: string,
    readonly store: AnswerStore,
    known: readonly Answer[],
  ) {
    for (const answer of known) this.#byImage.set(answer.image, answer);
  }

  /**
   * Begins, or goes on where this person stopped.
   *
   * @throws QuizError for a name that is none, or when this person's file cannot be used.
   */
  static async open(dataset: Dataset, questions: Questions, name: string): Promise<QuizSession> {
    const fault = nameFault(name);
    if (fault !== null) throw new QuizError(`Cannot begin: ${fault}`);
    const store = new AnswerStore(dataset);
    await store.sweep();
    const own = await store.load(name);
    // What this person said of these images when there were others beside them.
    const earlier = (await allAnswerFiles()).files.filter(({ rater, classes }) =>
      raterKey(rater) === raterKey(name) && sameClasses(classes, dataset.classes)
    );
    const known = mergedAnswers(...earlier.map(({ answers }) => answers));
    return new QuizSession(dataset, questions, own?.rater ?? raterName(name), store, known);
  }

  /** What is answered, in the order in which it was. */
  answered(): Answered[] {
    return this.questions.images.flatMap((index, position) => {
      const answer = this.#byImage.get(this.dataset.records[index].hash);
      return answer === undefined || answer.undone ? [] : [{ position, answer }];
    }).toSorted((a, b) => Date.parse(a.answer.at) - Date.parse(b.answer.at)).map(({ position, answer }) => ({
      position,
      class: answer.class === null ? null : this.dataset.classes.indexOf(answer.class),
      final: answer.final ?? false,
    }));
  }

  /**
   * Keeps an answer; an earlier one to the same image is replaced.
   *
   * @param label Index of a class; null for "can't tell".
   * @throws QuizError for what is no question or no class, or when the truth of this image has been shown.
   */
  async answer(position: number, label: number | null, milliseconds: number): Promise<void> {
    const { classes } = this.dataset;
    if (label !== null && classes[label] === undefined) {
      throw new QuizError(`Cannot answer: classes run from 0 to ${classes.length - 1}, it is ${label}`);
    }
    if (!(milliseconds >= 0 && milliseconds < 1e9)) {
      throw new QuizError(`Cannot answer: the time must be some milliseconds, it is ${milliseconds}`);
    }
    await this.#change(position, {
      class: label === null ? null : classes[label],
      milliseconds: Math.round(milliseconds),
    });
  }

  /** Takes an answer back. @throws QuizError as {@link answer}. */
  async undo(position: number): Promise<void> {
    await this.#change(position, { class: null, milliseconds: 0, undone: true });
  }

  /**
   * The truth. From then on these answers can't change.
   *
   * @throws QuizError while a question is open.
   */
  async end(): Promise<QuizResult> {
    const answered = this.answered();
    const { images } = this.questions;
    if (answered.length < images.length) {
      throw new QuizError(
        `Cannot show the result: ${imagesText(images.length - answered.length)} are not answered yet`,
      );
    }
    await this.#keep(answered.map(({ position }) => {
      const answer = this.#byImage.get(this.#hash(position))!;
      return { ...answer, final: true } as const;
    }));
    const { records, grouped } = this.dataset;
    const inOrder = answered.toSorted((a, b) => a.position - b.position);
    const label = (position: number) => records[images[position]].label;
    const interval = accuracyInterval({
      correct: inOrder.map((answer) => answer.class === label(answer.position)),
      groups: grouped ? images.map((index) => records[index].group) : undefined,
    });
    const times = inOrder.map(({ position }) => this.#byImage.get(this.#hash(position))!);
    const unsure = inOrder.filter((answer) => answer.class === null).length;
    return {
      accuracy: formatInterval(interval),
      basis: `${imagesText(images.length)}; "can't tell" ${unsure === 1 ? "once" : `${unsure} times`}, counted as ` +
        `wrong; ${formatSeconds(medianSeconds(times))} per image in the median`,
      missed: inOrder.filter((answer) => answer.class !== label(answer.position))
        .map((answer) => ({ position: answer.position, said: answer.class, label: label(answer.position) })),
    };
  }

  async #change(position: number, change: Omit<Answer, "image" | "at">): Promise<void> {
    const image = this.#hash(position);
    if (this.#byImage.get(image)?.final) {
      throw new QuizError(`Cannot change the answer to image ${position + 1}: its truth has been shown`);
    }
    await this.#keep([{ image, ...change, at: new Date().toISOString() }]);
  }

  #keep(changed: readonly Answer[]): Promise<void> {
    const keep = this.#last.then(async () => {
      const { questions: { seed, images, fingerprint }, dataset, rater, store } = this;
      await store.save({
        format: "plateau-answers",
        version: 1,
        dataset: dataset.name,
        classes: dataset.classes,
        questions: { seed, n: images.length, fingerprint },
        rater,
        answers: changed,
      });
      // Only what is on disk counts as answered.
      for (const answer of changed) this.#byImage.set(answer.image, answer);
    });
    this.#last = keep.catch(() => {});
    return keep;
  }

  #hash(position: number): string {
    const index = this.questions.images[position];
    if (index !== undefined) return this.dataset.records[index].hash;
    throw new QuizError(`Cannot answer: images run from 0 to ${this.questions.images.length - 1}, it is ${position}`);
  }
}
