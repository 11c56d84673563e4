/**
 * The labelling quiz: what people get right on the same images. A sample of images, the page that asks about them, and the
 * answers.
 *
 * @module
 */
export { type Answer, type AnswerFile, answersText, nameFault, parseAnswers } from "./answer_file.ts";
export { Answers, answers, type GivenAnswer, type Rater } from "./answers.ts";
export { QuizError } from "./errors.ts";
export { importAnswers, type Imported } from "./import.ts";
export { mergedAnswers, raterKey } from "./merge.ts";
export { offlineQuiz } from "./offline.ts";
export { DEFAULT_IMAGES, drawQuestions, type Questions } from "./questions.ts";
export { type QuizServer, serveQuiz } from "./server.ts";
export { QuizSession } from "./session.ts";
export { AnswerStore } from "./store.ts";
