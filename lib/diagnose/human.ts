import { accuracyBars, type Chart, confusion } from "../chart/mod.ts";
import {
  type Figure,
  Figures,
  type FindingRecord,
  formatCount,
  type ImageGrid,
  type Shown,
  type Table,
  TableView,
} from "../display/mod.ts";
import type { Answers } from "../quiz/mod.ts";
import { confusionMatrix, type Interval } from "../stats/mod.ts";
import { ChartedResult } from "./_charted.ts";
import { type Agreement, agreementOf } from "./_human_agreement.ts";
import {
  answerAccuracy,
  type AnsweredImage,
  byImage,
  imagesFor,
  judge,
  type Judged,
  type ModelBeside,
  modelBeside,
  type RaterScore,
  raterScores,
} from "./_human_facts.ts";
import { gallery } from "./_human_gallery.ts";
import type { PicturedImages } from "./_pictures.ts";
import { bounds } from "./_bounds.ts";
import { halfWidth, humanFindings, humanUnknown } from "./_human_rules.ts";
import { Note } from "./_note.ts";
import type { Predictions } from "./predictions.ts";
import { counted } from "./_words.ts";

/** What people and their images are compared with. */
export interface HumanOptions {
  /** Of the model, on images it was not trained on. Images that only one side has answered are left out of comparisons. */
  readonly predictions?: Predictions | null;
  /** Of the bootstrap. 1 by default. */
  readonly seed?: number;
}

/** Images that people were asked about; `Dataset` of `lib/dataset` is one. */
export type AskedImages = PicturedImages;

/** What people answered; `Answers` of `lib/quiz` is one. */
export type PeopleAnswers = Pick<Answers, "raters" | "command" | "available">;

/** Widths of an interval to either side, in points, that {@link HumanBaseline.precision} plans for. */
const PRECISIONS = [10, 5, 3];

/** What people get right on the same images. Displays itself as a chart; `findings` says it in words. */
export class HumanBaseline extends ChartedResult {
  readonly raters: readonly RaterScore[];
  /** All answers together, "can't tell" counted as wrong; null without any. */
  readonly people: Interval | null;
  /** Answers that were "can't tell". */
  readonly unsure: number;
  readonly model: ModelBeside | null;
  readonly agreement: Agreement | null;
  /** Images that nobody who saw them gives their label: a suspect label, or a picture that misleads. */
  readonly disputed: readonly AnsweredImage[];
  /** Images that everybody who saw them gets right, and the model wrong: what it should be able to learn. */
  readonly learnable: readonly AnsweredImage[];
  readonly #dataset: AskedImages;
  readonly #judged: readonly Judged[];
  readonly #command: string;
  /** Images there are to ask about. */
  readonly #available: number;

  constructor(dataset: AskedImages, answers: PeopleAnswers, options: HumanOptions) {
    super();
    const { predictions = null, seed = 1 } = options;
    this.#dataset = dataset;
    this.#command = answers.command;
    this.#available = answers.available;
    this.#judged = judge(dataset, answers.raters);
    const any = this.#judged.length > 0;
    this.raters = raterScores(dataset, answers.raters, seed);
    this.people = any ? answerAccuracy(dataset, this.#judged, seed) : null;
    this.unsure = this.#judged.filter((answer) => answer.class === null).length;
    this.model = any && predictions !== null ? modelBeside(dataset, this.#judged, predictions, seed) : null;
    this.agreement = agreementOf(dataset, answers.raters, seed);
    const images = byImage(dataset, this.#judged);
    this.disputed = images.filter(({ answers }) =>
      answers.every(({ correct }) => !correct) && answers.some((answer) => answer.class !== null)
    )
      // What several people say alike first.
      .toSorted((a, b) => b.answers.length - a.answers.length);
    const { model } = this;
    this.learnable = model === null ? [] : images
      .filter(({ image, label, answers }) =>
        model.predicted.has(image) && model.predicted.get(image) !== label && answers.every(({ correct }) => correct)
      )
      // What the model is surest of first.
      .toSorted((a, b) => model.confidence.get(b.image)! - model.confidence.get(a.image)!);
  }

  override chart(): Chart | null {
    if (this.people === null) return null;
    const { raters, people, model } = this;
    return accuracyBars(
      [
        ...raters.map(({ name, accuracy }) => ({ label: name, interval: accuracy, kind: "human" as const })),
        ...(raters.length > 1 ? [{ label: "all together", interval: people, kind: "human" as const }] : []),
        ...(model === null ? [] : [{ label: model.name, interval: model.accuracy, kind: "model" as const }]),
      ],
      {
        id: "human-accuracy",
        title: model === null ? "What people get right" : "What people and the model get right, on the same images",
        chance: 1 / this.#dataset.classes.length,
        record: { figures: this.figures(), tables: [this.table()] },
      },
    );
  }

  override figures(): Figure[] {
    const { people, raters, agreement } = this;
    if (people === null) return [];
    return [
      this.#peopleFigure(people),
      ...(raters.length < 2 ? [] : raters.map(({ name, accuracy }, i): Figure => ({
        id: `human.rater-${i + 1}`,
        label: `Accuracy of ${name}`,
        ...bounds(accuracy),
        unit: "share",
      }))),
      {
        id: "human.unsure",
        label: "Answers that were “can't tell”",
        value: this.unsure / this.#judged.length,
        unit: "share",
        n: people.n,
      },
      ...this.#modelFigures(),
      ...(agreement === null ? [] : agreementFigures(agreement)),
    ];
  }

  override table(): Table {
    return {
      id: "human",
      title: "People on these images",
      columns: [
        { key: "who", label: "Who" },
        { key: "accuracy", label: "Accuracy", unit: "share", bounds: ["low", "high"] },
        { key: "images", label: "Images", unit: "count" },
        { key: "unsure", label: "“Can't tell”", unit: "count" },
        { key: "seconds", label: "Median time", unit: "seconds" },
      ],
      rows: [
        ...this.raters.map(({ name, accuracy, unsure, seconds }) => ({ who: name, ...row(accuracy), unsure, seconds })),
        ...(this.people === null || this.raters.length < 2
          ? []
          : [{ who: "all together", ...row(this.people), unsure: this.unsure, seconds: null }]),
        ...(this.model === null
          ? []
          : [{ who: this.model.name, ...row(this.model.accuracy), unsure: null, seconds: null }]),
      ],
    };
  }

  /** How far people agree with each other. */
  agreed(): Shown {
    const { agreement, raters } = this;
    if (agreement !== null) return new Figures(agreementFigures(agreement));
    return new Note(
      raters.length < 2
        ? `${raters.length === 0 ? "Nobody has" : "Only one person has"} answered: agreement needs two.`
        : "No image was answered by two people: agreement can't be told.",
    );
  }

  /** What people take for what: answers against labels, "can't tell" left out. */
  confusionOfPeople(): Chart | Shown {
    const given = this.#judged.filter((answer) => answer.class !== null);
    if (given.length === 0) return new Note("No answers yet.");
    const left = this.unsure === 0 ? "" : `, ${formatCount(this.unsure)} “can't tell” left out`;
    return this.#confusion(
      "human-confusion",
      `What people take for what (${counted(given.length, "answer")}${left})`,
      given,
    );
  }

  /** The same of the model, on the images that people answered. */
  confusionOfModel(): Chart | Shown {
    const { model } = this;
    const given = [...model?.predicted ?? []].filter(([, label]) => label >= 0)
      .map(([image, label]) => ({ image, class: label }));
    if (model === null || given.length === 0) return this.#noModel();
    return this.#confusion(
      "human-confusion-model",
      `What ${model.name} takes for what (the same ${counted(given.length, "image")})`,
      given,
    );
  }

  /** Gallery of {@link disputed}. */
  async suspects(): Promise<ImageGrid | Shown> {
    if (this.disputed.length === 0) {
      return new Note(this.people === null ? "No answers yet." : "No image was given another class by all who saw it.");
    }
    const n = counted(this.disputed.length, "image");
    return await gallery(this.#dataset, this.disputed, `Nobody agrees with the label: ${n}`, null);
  }

  /** Gallery of {@link learnable}. */
  async lessons(): Promise<ImageGrid | Shown> {
    const { model, learnable } = this;
    if (model === null) return this.#noModel();
    if (learnable.length === 0) return new Note(`${model.name} misses nothing that everybody gets right.`);
    const title = `Everybody is right, ${model.name} is wrong: ${counted(learnable.length, "image")}`;
    return await gallery(this.#dataset, learnable, title, model);
  }

  /** How many images must be answered until people's accuracy is known to a few points. */
  precision(): Shown {
    const { people } = this;
    if (people === null) return new Note(`No answers yet. To begin: ${this.#command}`);
    return new TableView({
      id: "human-precision",
      title: `Now: ± ${Math.round(100 * halfWidth(people))} points with ${counted(people.n, "image")}`,
      columns: [
        { key: "wanted", label: "Wanted" },
        { key: "images", label: "Images it takes", unit: "count" },
        { key: "more", label: "More than now", unit: "count" },
        { key: "note", label: "" },
      ],
      rows: PRECISIONS.map((points) => {
        const images = imagesFor(points / 100, people);
        return {
          wanted: `± ${points} points`,
          images,
          more: Math.max(0, images - people.n),
          note: images <= people.n ? "reached" : images > this.#available ? "more than there are" : "",
        };
      }),
    }, {
      note:
        "If people's accuracy stays what it is. More people on the same images make up for fewer images only in part.",
    });
  }

  protected override list(): FindingRecord[] {
    const { people } = this;
    if (people === null) return [humanUnknown(this.#command)];
    return humanFindings({
      raters: this.raters.length,
      people,
      model: this.model,
      agreement: this.agreement,
      disputed: this.disputed,
      learnable: this.learnable,
      available: this.#available,
      command: this.#command,
      figures: { people: this.#peopleFigure(people), model: this.#modelFigures() },
    });
  }

  #noModel(): Note {
    return new Note(this.people === null ? "No answers yet." : "There is no model to compare with.");
  }

  #peopleFigure(people: Interval): Figure {
    const [first] = this.raters;
    const who = this.raters.length === 1 ? first.name : `${this.raters.length} people`;
    return {
      id: "human.people",
      label: `Accuracy of people (${who})`,
      ...bounds(people),
      unit: "share",
      key: true,
      rung: "human",
    };
  }

  #modelFigures(): Figure[] {
    const { model } = this;
    if (model === null) return [];
    const { name, accuracy, people, difference, p, method } = model;
    return [
      ...(people.n === this.people?.n ? [] : [{
        id: "human.people-beside",
        label: `Accuracy of people on images that ${name} has answered too`,
        ...bounds(people),
        unit: "share" as const,
      }]),
      { id: "human.model", label: `Accuracy of ${name} on the same images`, ...bounds(accuracy), unit: "share" },
      { id: "human.difference", label: `People minus ${name}`, ...bounds(difference), unit: "points" },
      {
        id: "human.p",
        label: "p (chance of such a difference between equals)",
        value: Number(p.toPrecision(2)),
        unit: "number",
        method,
      },
    ];
  }

  #confusion(id: string, title: string, given: readonly { image: number; class: number | null }[]): Chart {
    const { classes, records } = this.#dataset;
    const labels = given.map(({ image }) => records[image].label);
    return confusion(classes, confusionMatrix(labels, given.map((answer) => answer.class!), classes.length), {
      id,
      title,
    });
  }
}

/**
 * What people get right on the images of a data set: each person and all together with intervals, beside the model on the
 * same images; how far people agree; which labels they dispute; what they see and the model does not. Without answers it
 * says so, and how to begin.
 *
 * People see images cut as the model sees them, but larger: the difference to the model holds what resolution costs, too.
 *
 * @param answers As `quiz.answers` reads them.
 */
export function human(
  dataset: AskedImages,
  answers: PeopleAnswers,
  options: HumanOptions = {},
): HumanBaseline {
  return new HumanBaseline(dataset, answers, options);
}

function row({ estimate, low, high, n }: Interval) {
  return { accuracy: estimate, low, high, images: n };
}

function agreementFigures({ measure, value, images, unanimous }: Agreement): Figure[] {
  return [
    ...(value === null ? [] : [{
      id: "human.agreement",
      label: `Agreement beyond chance: ${measure}`,
      ...bounds(value),
      unit: "number" as const,
    }]),
    {
      id: "human.unanimous",
      label: "Images on which all say the same",
      value: unanimous / images,
      unit: "share",
      n: images,
    },
  ];
}
