import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheRoot, FileError } from "../files/mod.ts";
import { reasonOf } from "./errors.ts";
import type { ImageRecord, LedgerEntry, ReadKind, SealedTest } from "./types.ts";

/** The sealed test set of a data set, with its ledger on disk. */
export class Sealed implements SealedTest {
  readonly n: number;
  readonly groups: number;
  readonly source: "folder" | "seed";
  readonly #indices: readonly number[];
  readonly #members: ReadonlySet<number>;
  /** By content, so that the ledger follows the images wherever their folder moves. */
  readonly #key: string;
  readonly #opened = new WeakMap<readonly number[], ReadKind>();

  constructor(records: readonly ImageRecord[], indices: readonly number[], source: "folder" | "seed") {
    this.#indices = indices;
    this.#members = new Set(indices);
    this.n = indices.length;
    this.groups = new Set(indices.map((i) => records[i].group)).size;
    this.source = source;
    const hashes = indices.map((i) => records[i].hash).sort();
    this.#key = createHash("sha256").update(hashes.join("\n")).digest("hex").slice(0, 32);
  }

  // deno-lint-ignore require-await -- a promise by contract: other stores of the ledger may need one
  async open(kind: ReadKind, reason: string): Promise<number[]> {
    const entry: LedgerEntry = { kind, reason, n: this.n, at: new Date().toISOString() };
    const file = this.#file();
    try {
      mkdirSync(dirname(file), { recursive: true });
      // One write of one line: processes that append at the same time do not tear each other's lines.
      appendFileSync(file, JSON.stringify(entry) + "\n", { flush: true });
    } catch (error) {
      throw new FileError(
        `Cannot open the sealed test set, its ledger "${file}" cannot be written: ${reasonOf(error)}`,
        {
          cause: error,
        },
      );
    }
    const opened = [...this.#indices];
    this.#opened.set(opened, kind);
    return opened;
  }

  ledger(): LedgerEntry[] {
    let text: string;
    try {
      text = readFileSync(this.#file(), "utf8");
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") return [];
      throw new FileError(`Cannot read the ledger "${this.#file()}": ${reasonOf(error)}`, { cause: error });
    }
    return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as LedgerEntry);
  }

  has(index: number): boolean {
    return this.#members.has(index);
  }

  /** For what an array was opened; undefined for arrays that {@link open} did not return. */
  openedFor(indices: readonly number[]): ReadKind | undefined {
    return this.#opened.get(indices);
  }

  #file(): string {
    return join(cacheRoot(), "ledger", `${this.#key}.jsonl`);
  }
}
