import { join } from "node:path";
import { cacheRoot } from "../files/mod.ts";
import { HubError } from "./errors.ts";

/** A network on Hugging Face. */
export interface Reference {
  /** As it is written: "hf:OWNER/NAME". */
  readonly text: string;
  readonly owner: string;
  readonly name: string;
  /** Where its files are kept. */
  readonly folder: string;
}

/** Names a file that says what a finished download is used by, in the folder of its network. */
export const DONE = "downloaded.json";

/** Names a file that says why the last download failed. */
export const FAILED = "failed.txt";

/** Whether this is meant for Hugging Face, and no path. */
export function isReference(text: string): boolean {
  return text.startsWith("hf:");
}

/** @throws HubError where it is not of the form "hf:OWNER/NAME". */
export function reference(text: string): Reference {
  // As Hugging Face has it; and a name of dots alone would lead out of the folder.
  const part = "(?!\\.+(?:/|$))[A-Za-z0-9._-]{1,96}";
  const match = new RegExp(`^hf:(${part})/(${part})$`).exec(text);
  if (match === null) {
    throw new HubError(`Cannot use the backbone "${text}": it must be hf:OWNER/NAME, as on huggingface.co`);
  }
  const [, owner, name] = match;
  return { text, owner, name, folder: join(cacheRoot(), "backbones", owner, name) };
}

/**
 * The model's file of a network that was downloaded.
 *
 * @throws HubError saying how to download it, and why that failed where it did.
 */
export async function downloaded(text: string): Promise<string> {
  const { folder } = reference(text);
  try {
    const { model } = JSON.parse(await Deno.readTextFile(join(folder, DONE)));
    const path = join(folder, model);
    await Deno.stat(path);
    return path;
  } catch {
    const failed = await Deno.readTextFile(join(folder, FAILED)).catch(() => "");
    throw new HubError(
      failed !== ""
        ? failed
        : `Cannot use the backbone "${text}": it is not downloaded yet; \`deno task backbone ${text}\` does that`,
    );
  }
}
