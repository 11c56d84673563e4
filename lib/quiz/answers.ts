import type { Dataset } from "../dataset/mod.ts";
import { escapeHtml, escapeTerminal, formatCount, Shown, type Table, tableHtml, tableText } from "../display/mod.ts";
import { type Answer, type AnswerFile } from "./answer_file.ts";
import { mergedAnswers, raterKey } from "./merge.ts";
import { drawQuestions } from "./questions.ts";
import { allAnswerFiles, type BadFile } from "./store.ts";

/** What a person said of an image of the data set. */
export interface GivenAnswer {
  /** Index into the data set's records; a development image. */
  readonly image: number;
  /** Index into its classes; null for "can't tell". */
  readonly class: number | null;
  readonly milliseconds: number;
}

/** One person. */
export interface Rater {
  readonly name: string;
  /** One per image at most, by index. */
  readonly answers: readonly GivenAnswer[];
}

/** What people have answered about a data set. Displays itself as who has answered how much, or as how to begin. */
export class Answers extends Shown {
  constructor(
    /** Name of the data set. */
    readonly dataset: string,
    /** Those who have answered something, by name. */
    readonly raters: readonly Rater[],
    /** Images there are to ask about. */
    readonly available: number,
    /** How to begin, or to go on, on this data set. */
    readonly command: string,
    /** Files that are kept and cannot be used. */
    readonly bad: readonly BadFile[] = [],
  ) {
    super();
  }

  /** Whether nobody has answered anything. */
  get empty(): boolean {
    return this.raters.length === 0;
  }

  override html(): string {
    const words = this.#words().map((line) =>
      `<p class="plateau-note">${
        line.map((part, i) => i % 2 ? `<code>${escapeHtml(part)}</code>` : escapeHtml(part)).join("")
      }</p>`
    ).join("");
    return this.empty ? words : tableHtml(this.#table()) + words;
  }

  override text(): string {
    const words = this.#words().map((line) => escapeTerminal(line.join("")));
    return (this.empty ? words : [tableText(this.#table()), ...words]).join("\n");
  }

  override record() {
    return this.empty ? undefined : { tables: [this.#table()] };
  }

  /** Lines; every second part of each is a command. */
  #words(): string[][] {
    return [
      ...(this.empty
        ? [
          [`Nobody has answered yet, so nothing is known of people on ${this.dataset}. To begin: `, this.command],
          [
            "To ask a friend: ",
            `${this.command} --offline quiz.html`,
            " writes one file to send; ",
            `${this.command} --merge answers.json`,
            " adds what comes back.",
          ],
        ]
        : []),
      ...this.bad.map(({ reason }) => [reason]),
    ];
  }

  #table(): Table {
    return {
      id: "raters",
      title: "Who has answered",
      columns: [
        { key: "rater", label: "Rater" },
        { key: "answers", label: "Images", unit: "count" },
        { key: "unsure", label: "“Can't tell”", unit: "count" },
        { key: "seconds", label: "Median time", unit: "seconds" },
      ],
      rows: this.raters.map(({ name, answers }) => ({
        rater: name,
        answers: answers.length,
        unsure: answers.filter((answer) => answer.class === null).length,
        seconds: medianSeconds(answers),
      })),
    };
  }
}

/**
 * What people have answered about the development images of a data set, wherever it lay when they were asked. Answers
 * count by the content of the image, so they stay when labels are corrected or images come and go; answers given with
 * other classes to choose from, and answers to images that are in the sealed test set now, are left alone.
 *
 * @param options `seed`: that of the data set, where it draws the test set; 1 by default. The command to begin names it.
 */
export async function answers(
  dataset: Pick<Dataset, "name" | "classes" | "records" | "development">,
  options: { readonly seed?: number } = {},
): Promise<Answers> {
  const { files, bad } = await allAnswerFiles();
  const byKey = new Map<string, { name: string; answers: Answer[] }>();
  for (const { rater, answers } of files.filter((file) => sameClasses(file.classes, dataset.classes))) {
    const known = byKey.get(raterKey(rater));
    byKey.set(raterKey(rater), {
      name: known?.name ?? rater,
      answers: mergedAnswers(known?.answers ?? [], answers),
    });
  }
  const place = new Placer(dataset);
  const raters = [...byKey.values()].map(({ name, answers }) => ({ name, answers: place.all(answers) }))
    .filter(({ answers }) => answers.length > 0)
    .toSorted((a, b) => raterKey(a.name) < raterKey(b.name) ? -1 : 1);
  const command = labelCommand(dataset.name, options.seed ?? 1);
  return new Answers(dataset.name, raters, drawQuestions(dataset).available, command, bad);
}

/** Whether the same classes were there to choose from, in whatever order. */
export function sameClasses(a: AnswerFile["classes"], b: readonly string[]): boolean {
  return a.length === b.length && new Set([...a, ...b]).size === b.length;
}

/** Finds the images of a data set that answers are about. */
export class Placer {
  readonly #images = new Map<string, number>();
  readonly #classes: ReadonlyMap<string, number>;

  constructor({ classes, records, development }: Pick<Dataset, "classes" | "records" | "development">) {
    // Of several files of the same content, the first.
    for (const index of development.toReversed()) this.#images.set(records[index].hash, index);
    this.#classes = new Map(classes.map((name, label) => [name, label]));
  }

  /** Those answers that are about images of the data set and stand, by image. */
  all(answers: readonly Answer[]): GivenAnswer[] {
    return answers.flatMap(({ image, class: name, milliseconds, undone }): GivenAnswer[] => {
      const index = this.#images.get(image);
      if (index === undefined || undone) return [];
      return [{ image: index, class: name === null ? null : this.#classes.get(name)!, milliseconds }];
    }).sort((a, b) => a.image - b.image);
  }
}

/** The command that asks about a data set, as a person types it; folders are named without where they lie. */
export function labelCommand(dataset: string, seed: number): string {
  const seeded = seed === 1 ? "" : ` --seed ${seed}`;
  if (dataset === "emoji16") return `deno task label${seeded}`;
  const path = `path/to/${dataset}`;
  const quoted = /^[\w./-]+$/.test(path) ? path : `"${path.replace(/["\\$`]/g, "\\$&")}"`;
  return `deno task label --data ${quoted}${seeded}`;
}

/** Half of the answers took at most that long. */
export function medianSeconds(answers: readonly { readonly milliseconds: number }[]): number {
  const sorted = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return (low + high) / 2000;
}

/** "40 images", for messages. */
export function imagesText(n: number): string {
  return `${formatCount(n)} ${n === 1 ? "image" : "images"}`;
}
