import { createHash } from "node:crypto";
import { join } from "node:path";
import { open } from "../../lib/dataset/mod.ts";
import type { Answer, AnswerFile } from "../../lib/quiz/mod.ts";
import { imageFolder } from "../_fixtures.ts";

/** A data set as far as the quiz draws from it: classes of so many images, `perGroup` of them in a group. */
export function images(counts: readonly number[], { perGroup = 1 }: { readonly perGroup?: number } = {}) {
  const records = counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, i) => ({
      path: `${label}/${i}.png`,
      label,
      group: `${label}/${Math.floor(i / perGroup)}`,
      hash: hashOf(`${label}/${i}`),
      part: null,
      width: 8,
      height: 8,
      format: "png",
      bytes: 1,
    }))
  );
  return {
    name: "shapes",
    classes: counts.map((_, label) => `class ${label}`),
    records,
    development: [...records.keys()],
  };
}

export const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

/** A real, small data set on disk: two classes, 40 images of which may be asked about. */
export async function folder(root: string) {
  const path = await imageFolder(join(root, "shoes"), { boot: 30, "<b>sandal": 30 });
  return { path, dataset: await open(path, { size: 16 }) };
}

export const answer = (image: string, given: string | null, minute = 0, more: Partial<Answer> = {}): Answer => ({
  image: hashOf(image),
  class: given,
  milliseconds: 1500,
  at: new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString(),
  ...more,
});

export const answerFile = (rater: string, answers: readonly Answer[], more: Partial<AnswerFile> = {}): AnswerFile => ({
  format: "plateau-answers",
  version: 1,
  dataset: "shapes",
  classes: ["class 0", "class 1"],
  questions: { seed: 1, n: answers.length, fingerprint: hashOf("questions") },
  rater,
  answers,
  ...more,
});
