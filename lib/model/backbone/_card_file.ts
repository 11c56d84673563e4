import { basename, dirname, join } from "node:path";
import { parseCard, type PartialCard } from "./card.ts";
import { BackboneError } from "./types.ts";

/** The card beside a model, or nothing. `model.onnx.card.json` or `model.card.json` goes before the folder's `card.json`. */
export async function cardBeside(path: string): Promise<{ readonly card: PartialCard; readonly file: string }> {
  const folder = dirname(path);
  const candidates = [
    `${path}.card.json`,
    `${path.replace(/\.[^./\\]+$/, "")}.card.json`,
    join(folder, "card.json"),
  ];
  for (const file of candidates) {
    let text: string;
    try {
      text = await Deno.readTextFile(file);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      throw new BackboneError(`Cannot read the model card "${file}": ${(error as Error).message}`, { cause: error });
    }
    const card = parseCard(text, (what) => new BackboneError(`Cannot use the model card "${file}": ${what}`));
    return { card, file: basename(file) };
  }
  return { card: {}, file: "" };
}
