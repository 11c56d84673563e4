import { QuizError } from "./errors.ts";

/** What a person said of one image. */
export interface Answer {
  /** SHA-256 of the image's file, hexadecimal: the answer follows the image wherever it is moved. */
  readonly image: string;
  /** Name of the class; null for "can't tell". */
  readonly class: string | null;
  /** Time from seeing the image to answering. */
  readonly milliseconds: number;
  /** When it was given: ISO 8601, UTC. */
  readonly at: string;
  /** The answer was taken back and not given again. */
  readonly undone?: true;
  /** The person has seen the truth since: the answer can't change any more. */
  readonly final?: true;
}

/** The answers of one person, as they are kept and passed on. */
export interface AnswerFile {
  readonly format: "plateau-answers";
  readonly version: 1;
  /** Name of the data set, for people. */
  readonly dataset: string;
  /** The classes that there were to choose from. */
  readonly classes: readonly string[];
  /** Which images were asked about, when the person was last asked. */
  readonly questions: { readonly seed: number; readonly n: number; readonly fingerprint: string };
  readonly rater: string;
  /** One per image at most. */
  readonly answers: readonly Answer[];
}

const MOST_BYTES = 20_000_000;
export const LONGEST_NAME = 80;

/** A rater's name as it is kept: no space around it, single spaces within. */
export function raterName(name: string): string {
  return name.normalize("NFC").trim().replace(/\s+/g, " ");
}

/** What is wrong with a rater's name, or null. */
export function nameFault(name: string): string | null {
  const kept = raterName(name);
  if (kept === "") return "a name is needed";
  if (kept.length > LONGEST_NAME) return `a name may have ${LONGEST_NAME} characters, it has ${kept.length}`;
  return /\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u.test(kept) ? "a name may have no control characters" : null;
}

/**
 * Reads an answer file.
 *
 * @param source Its name, for messages.
 * @throws QuizError saying what is wrong and where. Nothing is repaired: a file that was changed by hand is not evidence.
 */
export function parseAnswers(text: string, source: string): AnswerFile {
  const refuse = (reason: string): never => {
    throw new QuizError(`Cannot use the answers in "${source}": ${reason}`);
  };
  if (text.length > MOST_BYTES) refuse(`it is larger than ${MOST_BYTES / 1e6} MB`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse("it is not JSON; was it saved whole?");
  }
  if (!isObject(value) || value.format !== "plateau-answers") {
    return refuse('it is no answer file of the quiz ("format" must be "plateau-answers")');
  }
  if (value.version !== 1) refuse(`its version is ${shown(value.version)}, this program knows version 1`);
  const { dataset, classes, questions, rater, answers } = value;
  if (typeof dataset !== "string") return refuse(`"dataset" must be a text, it is ${shown(dataset)}`);
  if (!Array.isArray(classes) || classes.length < 2 || !classes.every((name) => typeof name === "string")) {
    return refuse('"classes" must be the names of at least two classes');
  }
  if (!isObject(questions) || !isHash(questions.fingerprint) || !isCount(questions.seed) || !isCount(questions.n)) {
    return refuse('"questions" must have a seed, a number and a fingerprint of 64 hexadecimal digits');
  }
  if (typeof rater !== "string") return refuse(`"rater" must be a text, it is ${shown(rater)}`);
  const fault = nameFault(rater);
  if (fault !== null) refuse(`"rater" is ${shown(rater)}: ${fault}`);
  if (!Array.isArray(answers)) return refuse('"answers" must be a list');
  const known = new Set<string>(classes);
  const seen = new Set<string>();
  const read = answers.map((answer: unknown, index): Answer => {
    const reason = answerFault(answer, known);
    if (reason !== null) return refuse(`answer ${index + 1} ${reason}`);
    const { image, class: given, milliseconds, at, undone, final } = answer as Answer;
    if (seen.has(image)) return refuse(`answer ${index + 1} is the second one to the same image`);
    seen.add(image);
    const flags = { ...(undone ? { undone } : {}), ...(final ? { final } : {}) };
    return { image, class: given, milliseconds, at, ...flags };
  });
  return {
    format: "plateau-answers",
    version: 1,
    dataset,
    classes,
    questions: {
      seed: questions.seed as number,
      n: questions.n as number,
      fingerprint: questions.fingerprint as string,
    },
    rater: raterName(rater),
    answers: read,
  };
}

/** The file's text. */
export function answersText(file: AnswerFile): string {
  return JSON.stringify(file, null, 1) + "\n";
}

function answerFault(answer: unknown, classes: ReadonlySet<string>): string | null {
  if (!isObject(answer)) return "must be an object";
  const { image, class: given, milliseconds, at, undone, final } = answer;
  if (!isHash(image)) return `names no image: "image" must be 64 hexadecimal digits, it is ${shown(image)}`;
  if (given !== null && !(typeof given === "string" && classes.has(given))) {
    return `has the class ${shown(given)}, which is none of "classes"`;
  }
  if (typeof milliseconds !== "number" || !(milliseconds >= 0 && milliseconds < 1e9)) {
    return `must have taken some "milliseconds", they are ${shown(milliseconds)}`;
  }
  if (typeof at !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(at) || Number.isNaN(Date.parse(at))) {
    return `must have a time "at" in UTC, as 2026-01-31T12:00:00Z, it is ${shown(at)}`;
  }
  for (const [name, flag] of Object.entries({ undone, final })) {
    if (flag !== undefined && flag !== true) return `may have "${name}": true or nothing, it is ${shown(flag)}`;
  }
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A value from a file, short enough for a message. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
