import { type Answer, type AnswerFile, raterName } from "./answer_file.ts";

/** What two spellings of one rater's name have in common: "Ada  Lovelace" and "ada lovelace" are one person. */
export function raterKey(name: string): string {
  return raterName(name).normalize("NFKC").toLowerCase();
}

/**
 * Of two answers of one person to one image, the one that counts: what was said before the truth was seen, else the
 * later. An answer taken back is an answer too: it does not come back with an older file.
 */
function standing(a: Answer, b: Answer): Answer {
  if (a.final !== b.final) return a.final ? a : b;
  return Date.parse(b.at) >= Date.parse(a.at) ? b : a;
}

/** One answer per image of all these, in the order in which images first appear. */
export function mergedAnswers(...lists: readonly (readonly Answer[])[]): Answer[] {
  const byImage = new Map<string, Answer>();
  for (const answer of lists.flat()) {
    const known = byImage.get(answer.image);
    byImage.set(answer.image, known === undefined ? answer : standing(known, answer));
  }
  return [...byImage.values()];
}

/** Two files of one person as one: the name is spelled as in the first, the questions are those of the second. */
export function mergedFiles(a: AnswerFile, b: AnswerFile): AnswerFile {
  return { ...b, rater: a.rater, answers: mergedAnswers(a.answers, b.answers) };
}
