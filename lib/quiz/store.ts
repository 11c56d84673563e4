import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Dataset } from "../dataset/mod.ts";
import { cacheRoot, sweep, writeWhole } from "../files/mod.ts";
import { type AnswerFile, answersText, parseAnswers } from "./answer_file.ts";
import { mergedFiles, raterKey } from "./merge.ts";

/** An answer file that is there and cannot be used. */
export interface BadFile {
  /** Below the cache's folder. */
  readonly file: string;
  readonly reason: string;
}

/**
 * The answers kept for a data set: `answers/KEY/RATER.json` in the cache, where KEY is a hash over the classes and the
 * content of the development images. So the answers follow the images wherever their folder moves.
 *
 * A file is written whole after every answer, merged with what is there by then: whatever kills the process, and
 * whoever else writes, at most the answer that is being given is lost.
 */
export class AnswerStore {
  readonly folder: string;

  constructor({ classes, records, development }: Pick<Dataset, "classes" | "records" | "development">) {
    const hashes = development.map((index) => records[index].hash).sort();
    const key = createHash("sha256").update(JSON.stringify([classes, hashes])).digest("hex").slice(0, 32);
    this.folder = join(answersRoot(), key);
  }

  /**
   * What this person has answered, or null.
   *
   * @throws QuizError when the file is there and cannot be used.
   */
  async load(rater: string): Promise<AnswerFile | null> {
    const path = this.#path(rater);
    try {
      return parseAnswers(await Deno.readTextFile(path), path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }

  /** Adds to what is kept of this person. @returns All that is kept then. @throws FileError, QuizError */
  async save(file: AnswerFile): Promise<AnswerFile> {
    const known = await this.load(file.rater);
    const merged = known === null ? file : mergedFiles(known, file);
    await writeWhole(this.#path(file.rater), answersText(merged));
    return merged;
  }

  /** Removes what killed processes left half-written. */
  async sweep(): Promise<void> {
    await sweep(this.folder);
  }

  /** By a hash of the name: a person may be called anything, a file may not. */
  #path(rater: string): string {
    return join(this.folder, `${createHash("sha256").update(raterKey(rater)).digest("hex").slice(0, 16)}.json`);
  }
}

function answersRoot(): string {
  return join(cacheRoot(), "answers");
}

/** Every answer file kept, of whatever data set, and those that cannot be used. */
export async function allAnswerFiles(): Promise<{ files: AnswerFile[]; bad: BadFile[] }> {
  const files: AnswerFile[] = [];
  const bad: BadFile[] = [];
  for (const folder of await entries(answersRoot())) {
    for (const name of await entries(join(answersRoot(), folder))) {
      if (!name.endsWith(".json") || name.startsWith(".")) continue;
      const file = `answers/${folder}/${name}`;
      try {
        files.push(parseAnswers(await Deno.readTextFile(join(answersRoot(), folder, name)), file));
      } catch (error) {
        bad.push({ file, reason: (error as Error).message });
      }
    }
  }
  return { files, bad };
}

async function entries(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  } catch {
    return []; // nobody has answered anything yet
  }
}
