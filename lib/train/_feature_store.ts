import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { cacheRoot, FileError } from "../files/mod.ts";

const VERSION = 1;

/**
 * Features on disk, by the image's content and by everything else that they depend on; probes keep their predictions
 * here as well. Rows are committed some images at a time, so a process killed at any moment leaves whole rows and
 * nothing else. Several processes may use it at once.
 */
export class FeatureStore implements Disposable {
  readonly #database: DatabaseSync;
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #source: string;
  readonly #dimensions: number | null;
  readonly #file: string;

  /**
   * @param source What made the numbers: backbone, engine, decoder.
   * @param dimensions How many numbers a row has, D; null where rows differ, and are saved one at a time.
   * @throws FileError naming the file where it cannot be written.
   */
  constructor(source: string, dimensions: number | null, folder = join(cacheRoot(), "features")) {
    this.#source = source;
    this.#dimensions = dimensions;
    this.#file = join(folder, "features.sqlite");
    this.#database = open(folder, this.#file);
    this.#select = this.#database.prepare("SELECT numbers FROM features WHERE source = ? AND hash = ?");
    this.#insert = this.#database.prepare("INSERT OR REPLACE INTO features VALUES (?, ?, ?)");
  }

  /** The features of an image [D], or null where they are not there. */
  load(hash: string): Float32Array | null {
    const row = this.#select.get(this.#source, hash) as { numbers: Uint8Array } | undefined;
    if (row === undefined) return null;
    if (this.#dimensions !== null && row.numbers.length !== this.#dimensions * 4) return null;
    return new Float32Array(row.numbers.slice().buffer);
  }

  /**
   * Keeps the features of some images, all or none of them.
   *
   * @param values [hashes.length, D].
   * @throws FileError when the disk is full or the file cannot be written.
   */
  save(hashes: readonly string[], values: Float32Array): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const length = this.#dimensions === null ? bytes.length : this.#dimensions * 4;
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      try {
        hashes.forEach((hash, i) => this.#insert.run(this.#source, hash, bytes.subarray(i * length, (i + 1) * length)));
        this.#database.exec("COMMIT");
      } catch (error) {
        this.#database.exec("ROLLBACK");
        throw error;
      }
    } catch (error) {
      throw unwritable(this.#file, error);
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function open(folder: string, file: string): DatabaseSync {
  try {
    mkdirSync(folder, { recursive: true });
    try {
      return prepared(file);
    } catch (error) {
      if (!/not a database|malformed|another version/.test(String(error))) throw error;
      rmSync(file, { force: true }); // a cache: what cannot be understood is made again
      return prepared(file);
    }
  } catch (error) {
    throw unwritable(file, error);
  }
}

function prepared(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA busy_timeout = 30000");
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version !== 0 && version !== VERSION) throw new Error("another version");
    database.exec(`
      CREATE TABLE IF NOT EXISTS features (
        source TEXT NOT NULL, hash TEXT NOT NULL, numbers BLOB NOT NULL, PRIMARY KEY (source, hash)
      ) STRICT;
      PRAGMA user_version = ${VERSION}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function unwritable(file: string, error: unknown): FileError {
  return new FileError(
    `Cannot write the features "${file}": ${(error as Error).message}. PLATEAU_CACHE names another folder to use`,
    { cause: error },
  );
}
