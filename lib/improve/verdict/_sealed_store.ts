import { createHash } from "node:crypto";
import { join } from "node:path";
import { cacheRoot, writeWhole } from "../../files/mod.ts";

/** What a classifier said of the sealed images. */
export interface SealedAnswers {
  /** [n, K], row by row. */
  readonly probabilities: Float32Array;
  /** Images called unlike anything in training; null where it has no rule. */
  readonly unlike: number | null;
}

const VERSION = 1;

/** Answers on disk by classifier and sealed images: the same pipeline is not asked twice. */
export class SealedStore {
  readonly #key: string;

  /** @param hashes Of the sealed images, in order. */
  constructor(hashes: readonly string[]) {
    this.#key = createHash("sha256").update(JSON.stringify([VERSION, hashes])).digest("hex").slice(0, 16);
  }

  async load(classifier: string): Promise<SealedAnswers | null> {
    try {
      const { probabilities, unlike } = JSON.parse(await Deno.readTextFile(this.#path(classifier)));
      return { probabilities: new Float32Array(Uint8Array.fromBase64(probabilities).buffer), unlike };
    } catch {
      return null;
    }
  }

  async save(classifier: string, { probabilities, unlike }: SealedAnswers): Promise<void> {
    const text = new Uint8Array(probabilities.buffer, probabilities.byteOffset, probabilities.byteLength).toBase64();
    await writeWhole(this.#path(classifier), JSON.stringify({ probabilities: text, unlike }));
  }

  #path(classifier: string): string {
    return join(cacheRoot(), "verdict", this.#key, `${classifier.slice(0, 16)}.json`);
  }
}
