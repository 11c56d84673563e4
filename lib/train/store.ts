import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { cacheRoot, FileError, sweep, writeWhole } from "../files/mod.ts";
import { sha256 } from "./_experiment.ts";

/** A run as it is kept: what is queried as columns, what is large as content-addressed files. */
export interface StoredRun {
  readonly id: string;
  readonly model: string;
  /** Accuracy on the validation images. */
  readonly accuracy: number;
  readonly engine: string;
  readonly seconds: number;
  /** The rest of the run, as JSON. */
  readonly detail: string;
  readonly probabilities: Float32Array;
  readonly weights: Float32Array;
}

/**
 * Finished runs on disk, by experiment id. A run is there whole or not at all: its files are renamed into place and
 * flushed before the one row that makes it exist is committed. Several processes may use it at once.
 */
export class ExperimentStore {
  readonly #database: DatabaseSync;

  private constructor(readonly folder: string) {
    const path = join(folder, "experiments.sqlite");
    try {
      mkdirSync(folder, { recursive: true });
      this.#database = new DatabaseSync(path);
      this.#database.exec(`
        PRAGMA busy_timeout = 10000;
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS runs (
          id TEXT PRIMARY KEY,
          model TEXT NOT NULL,
          accuracy REAL NOT NULL,
          engine TEXT NOT NULL,
          seconds REAL NOT NULL,
          detail TEXT NOT NULL,
          probabilities TEXT NOT NULL,
          weights TEXT NOT NULL,
          created TEXT NOT NULL
        ) STRICT`);
    } catch (error) {
      throw new FileError(`Cannot open the experiment store "${path}": ${(error as Error).message}`, { cause: error });
    }
  }

  /** Opens the store, making it where there is none, and removes what killed processes left half-written. */
  static async open(folder = join(cacheRoot(), "store")): Promise<ExperimentStore> {
    const store = new ExperimentStore(folder);
    await sweep(join(folder, "objects"));
    return store;
  }

  /** The run of this experiment, or null where there is none or where one of its files is missing or damaged. */
  async load(id: string): Promise<StoredRun | null> {
    const row = this.#database.prepare("SELECT * FROM runs WHERE id = ?").get(id);
    if (!row) return null;
    const [probabilities, weights] = await Promise.all([
      this.#read(row.probabilities as string),
      this.#read(row.weights as string),
    ]);
    if (!probabilities || !weights) return null;
    return { ...(row as unknown as StoredRun), probabilities, weights };
  }

  /** @throws FileError when the disk is full or the folder cannot be written; earlier runs are untouched. */
  async save(run: StoredRun): Promise<void> {
    const probabilities = await this.#write(run.probabilities);
    const weights = await this.#write(run.weights);
    try {
      this.#database.prepare("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)").run(
        run.id,
        run.model,
        run.accuracy,
        run.engine,
        run.seconds,
        run.detail,
        probabilities,
        weights,
        new Date().toISOString(),
      );
    } catch (error) {
      throw new FileError(`Cannot add a run to "${this.folder}": ${(error as Error).message}`, { cause: error });
    }
  }

  /** Whether there is a run of this experiment; its files are not looked at. */
  has(id: string): boolean {
    return this.#database.prepare("SELECT 1 FROM runs WHERE id = ?").get(id) !== undefined;
  }

  /** Number of finished runs. */
  count(): number {
    return Number(this.#database.prepare("SELECT count(*) AS n FROM runs").get()!.n);
  }

  close(): void {
    this.#database.close();
  }

  #path(hash: string): string {
    return join(this.folder, "objects", hash);
  }

  async #write(values: Float32Array): Promise<string> {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const hash = sha256(bytes);
    await writeWhole(this.#path(hash), bytes);
    return hash;
  }

  async #read(hash: string): Promise<Float32Array | null> {
    const bytes = await Deno.readFile(this.#path(hash)).catch(() => null);
    return bytes && sha256(bytes) === hash ? new Float32Array(bytes.buffer) : null;
  }
}
