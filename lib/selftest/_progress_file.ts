import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Dataset } from "../dataset/mod.ts";
import { writeWhole } from "../files/mod.ts";
import type { Case } from "./case.ts";
import { selfTestFolder } from "./_scratch.ts";

/** Raise it when cases of an earlier version must not be taken over. */
const VERSION = 1;

/**
 * The cases of a self-test that was stopped, so that the same call goes on from there. It is removed when a self-test
 * is complete: the next one measures everything anew, since nothing here knows whether a diagnosis has changed.
 */
export class ProgressFile {
  readonly #path: string;
  readonly #cases = new Map<string, Case>();

  private constructor(path: string) {
    this.#path = path;
  }

  /** @param engine As "onnx 1.30.0, 2 threads". */
  static async open(dataset: Dataset, engine: string): Promise<ProgressFile> {
    const content = dataset.records.map(({ hash, label, group, part }) => [hash, label, group, part]);
    const key = createHash("sha256").update(JSON.stringify([VERSION, engine, content])).digest("hex").slice(0, 16);
    const file = new ProgressFile(join(selfTestFolder(), `${key}.json`));
    const text = await Deno.readTextFile(file.#path).catch(() => "[]");
    for (const one of JSON.parse(text) as Case[]) file.#cases.set(keyOf(one), one);
    return file;
  }

  get(fault: string | null, seed: number): Case | undefined {
    return this.#cases.get(keyOf({ fault, seed }));
  }

  async add(one: Case): Promise<void> {
    this.#cases.set(keyOf(one), one);
    await writeWhole(this.#path, JSON.stringify([...this.#cases.values()]));
  }

  async remove(): Promise<void> {
    await Deno.remove(this.#path).catch(() => {});
  }
}

function keyOf({ fault, seed }: Pick<Case, "fault" | "seed">): string {
  return `${fault ?? ""}/${seed}`;
}
