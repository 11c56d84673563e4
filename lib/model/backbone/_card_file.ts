import { basename, dirname, join } from "node:path";
import { parseCard, type PartialCard } from "./card.ts";
import { preprocessorCard } from "./_preprocessor_config.ts";
import { BackboneError } from "./types.ts";

/** What files beside a model say of its pixels. */
export interface CardFiles {
  readonly card: PartialCard;
  /** Which of its entries come from a `preprocessor_config.json`. */
  readonly fromPreprocessor: readonly (keyof PartialCard)[];
}

/**
 * The card beside a model: `model.onnx.card.json` or `model.card.json` before the folder's `card.json`. What it leaves
 * open, a `preprocessor_config.json` in the same folder may say.
 *
 * @throws BackboneError naming a file that cannot be read, and why.
 */
export async function cardBeside(path: string): Promise<CardFiles> {
  const folder = dirname(path);
  const names = [`${path}.card.json`, `${path.replace(/\.[^./\\]+$/, "")}.card.json`, join(folder, "card.json")];
  const own = await firstOf(names);
  const card = own === null ? {} : parseCard(own.text, faultOf(own.file));
  const config = await firstOf([join(folder, "preprocessor_config.json")]);
  const more = config === null ? {} : preprocessorCard(config.text, faultOf(config.file));
  const fromPreprocessor = (Object.keys(more) as (keyof PartialCard)[]).filter((entry) => card[entry] === undefined);
  return { card: { ...more, ...card }, fromPreprocessor };
}

function faultOf(file: string) {
  return (what: string) => new BackboneError(`Cannot use the model card "${basename(file)}": ${what}`);
}

async function firstOf(files: readonly string[]): Promise<{ readonly file: string; readonly text: string } | null> {
  for (const file of files) {
    try {
      return { file, text: await Deno.readTextFile(file) };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      throw faultOf(file)((error as Error).message);
    }
  }
  return null;
}
