import { Buffer } from "node:buffer";
import type { Dataset } from "../dataset/mod.ts";
import { quizPage } from "./_page.ts";
import type { Questions } from "./questions.ts";
import { IMAGE_PIXELS, REFERENCE_PIXELS } from "./_sizes.ts";

/**
 * The quiz as one HTML file that needs nothing else and sends nothing, to be passed on: images are in it as JPEG without
 * metadata, under the hash of their content. It has no label, path or file name of any image it asks about; answers are
 * scored where they are merged.
 *
 * @param options `rater`: the name that the page begins with. `onProgress` is called while images are encoded.
 */
export async function offlineQuiz(
  dataset: Dataset,
  questions: Questions,
  options: { readonly rater?: string; readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<string> {
  const total = questions.images.length + questions.references.flat().length;
  let done = 0;
  const picture = async (index: number, pixels: number) => {
    const base64 = Buffer.from(await dataset.thumbnail(index, pixels)).toString("base64");
    options.onProgress?.(++done, total);
    return base64;
  };
  const images: { hash: string; jpeg: string }[] = [];
  for (const index of questions.images) {
    images.push({ hash: dataset.records[index].hash, jpeg: await picture(index, IMAGE_PIXELS) });
  }
  const pictures: string[][] = [];
  for (const list of questions.references) {
    pictures.push([]);
    for (const index of list) pictures.at(-1)!.push(await picture(index, REFERENCE_PIXELS));
  }
  const { seed, fingerprint } = questions;
  const { html } = await quizPage("offline", {
    dataset: dataset.name,
    classes: dataset.classes,
    references: questions.references.map((list) => list.length),
    questions: images.length,
    rater: options.rater ?? "",
    asked: { seed, n: images.length, fingerprint },
    images,
    pictures,
  });
  return html;
}
