import type { Dataset } from "../dataset/mod.ts";
import { type AnswerFile } from "./answer_file.ts";
import { imagesText, Placer, sameClasses } from "./answers.ts";
import { QuizError } from "./errors.ts";
import { AnswerStore } from "./store.ts";

/** What became of a file of answers. */
export interface Imported {
  readonly rater: string;
  /** Answers in the file that are about this data set's images. */
  readonly used: number;
  /** Answers about images that are not among the development images (any more): left out. */
  readonly others: number;
  /** Answers kept of this person now. */
  readonly total: number;
}

/**
 * Adds a person's answers, as they came back from elsewhere, to those kept for a data set. Adding the same file twice
 * changes nothing.
 *
 * @param source The file's name, for messages.
 * @throws QuizError when the answers are about other classes or other images.
 */
export async function importAnswers(dataset: Dataset, file: AnswerFile, source: string): Promise<Imported> {
  const refuse = (reason: string) =>
    new QuizError(`Cannot use the answers in "${source}" for ${dataset.name}: ${reason}`);
  if (!sameClasses(file.classes, dataset.classes)) {
    throw refuse(
      `they were given with ${file.classes.length} other classes to choose from (${
        file.classes.slice(0, 3).join(", ")
      }…)`,
    );
  }
  const images = new Set(dataset.development.map((index) => dataset.records[index].hash));
  const answers = file.answers.filter(({ image }) => images.has(image));
  if (answers.length === 0) {
    throw refuse(
      file.answers.length === 0
        ? "there are none in it"
        : `none of its ${imagesText(file.answers.length)} is among the images for training and validation. They are ` +
          `about "${file.dataset}"; --data and --seed must be as they were when the quiz was made`,
    );
  }
  const kept = await new AnswerStore(dataset).save({ ...file, classes: dataset.classes, answers });
  return {
    rater: kept.rater,
    used: answers.length,
    others: file.answers.length - answers.length,
    total: new Placer(dataset).all(kept.answers).length,
  };
}
