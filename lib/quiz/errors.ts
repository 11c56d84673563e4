/** A quiz that cannot be made, or answers that cannot be used. The message says what was asked, what it needs and what it got. */
export class QuizError extends Error {
  override name = "QuizError";
}
