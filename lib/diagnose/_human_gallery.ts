import { formatShare, ImageGrid } from "../display/mod.ts";
import type { AnsweredImage, ModelBeside } from "./_human_facts.ts";
import type { LabelledImages } from "./images.ts";
import { picture, type PicturedImages } from "./_pictures.ts";

/** Pictures of a gallery; more would only be scrolled past. */
const MOST = 24;

/**
 * Images in rows by their label, the clearest cases first, with what was said instead: by the model where one is given,
 * else by people.
 */
export async function gallery(
  dataset: PicturedImages,
  images: readonly AnsweredImage[],
  title: string,
  model: ModelBeside | null,
): Promise<ImageGrid> {
  const shown = images.slice(0, MOST);
  const rows = [];
  for (const [label, row] of Map.groupBy(shown, (image) => image.label)) {
    rows.push({
      label: dataset.classes[label],
      images: await Promise.all(row.map((one) => picture(dataset, one.image, captionOf(dataset, one, model)))),
    });
  }
  const rest = images.length - shown.length;
  return new ImageGrid({
    title: rest > 0 ? `${title}; the first ${MOST} of them` : title,
    alt: `${title}, by their label`,
    rows,
  });
}

/** What was said instead of the label: "people: bird (2), can't tell", or "model: bug, 83 % sure". */
function captionOf({ classes }: LabelledImages, { image, answers }: AnsweredImage, model: ModelBeside | null): string {
  const predicted = model?.predicted.get(image);
  if (model !== null && predicted !== undefined) {
    if (predicted < 0) return "model: no answer";
    return `model: ${classes[predicted]}, ${formatShare(model.confidence.get(image)!, { n: 1 })} sure`;
  }
  const said = Map.groupBy(answers, (answer) => answer.class === null ? "can't tell" : classes[answer.class]);
  return `people: ${[...said].map(([name, list]) => list.length > 1 ? `${name} (${list.length})` : name).join(", ")}`;
}
