import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open as openFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { cacheRoot, FileError } from "../files/mod.ts";
import { decoder } from "./_decode.ts";
import { reasonOf } from "./errors.ts";

/** What is known of a file's content without decoding it again: its header, or why it cannot be decoded. */
export type Facts =
  | { readonly width: number; readonly height: number; readonly format: string; readonly reason: null }
  | { readonly reason: string };

/** A file as it was when it was hashed. */
export interface Stat {
  readonly path: string;
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly mtime: bigint;
}

/** One thing to remember; see {@link PixelCache.add}. */
export type Entry =
  | { readonly kind: "file"; readonly stat: Stat; readonly hash: string }
  | { readonly kind: "facts"; readonly hash: string; readonly facts: Facts }
  | {
    readonly kind: "pixels";
    readonly hash: string;
    readonly size: number;
    readonly digest: string;
    readonly pixels: Uint8Array;
  };

const VERSION = 1;
/** Bytes that wait in memory before they go to disk together. */
const BATCH_BYTES = 4 << 20;
const BATCH_ENTRIES = 512;
/** A file changed so shortly before it was hashed may have changed again with the same time stamp. */
const SETTLED_NS = 2_000_000_000n;

/**
 * Decoded pixels on disk, by content hash, size and decoder, so that an image is decoded once.
 *
 * Pixels lie in packs, files that only grow, one per writing process; an index in SQLite says where. A row goes into
 * the index after the bytes it points to are flushed, so a process killed at any moment leaves at worst bytes that
 * nobody points to. Several processes may read and write at once.
 */
export class PixelCache {
  readonly folder: string;
  readonly #database: DatabaseSync;
  readonly #selectFile: StatementSync;
  readonly #selectFacts: StatementSync;
  readonly #selectPixels: StatementSync;
  /** Sizes of the packs, -1 where one is missing. */
  readonly #packs = new Map<string, number>();
  #pack: { readonly name: string; readonly handle: FileHandle; length: number } | null = null;
  #pending: Entry[] = [];
  #pendingBytes = 0;
  #writing: Promise<void> = Promise.resolve();

  /** @throws FileError naming the file where the cache cannot be written. */
  constructor(folder = join(cacheRoot(), "pixels")) {
    this.folder = folder;
    this.#database = openDatabase(folder);
    this.#selectFile = this.#database.prepare(
      "SELECT hash FROM files WHERE path = ? AND size = ? AND mtime = ? AND settled = 1",
    );
    this.#selectFacts = this.#database.prepare("SELECT * FROM facts WHERE hash = ? AND decoder = ?");
    this.#selectPixels = this.#database.prepare(
      "SELECT pack, offset, digest FROM pixels WHERE hash = ? AND size = ? AND decoder = ?",
    );
  }

  /** The hash of a file that has not changed since it was hashed, or null. */
  hashOf({ path, size, mtime }: Stat): string | null {
    return (this.#selectFile.get(path, size, String(mtime))?.hash as string) ?? null;
  }

  factsOf(hash: string): Facts | null {
    const row = this.#selectFacts.get(hash, decoder);
    return row ? row as unknown as Facts : null;
  }

  /** Whether the pixels are there, whole. */
  has(hash: string, size: number): boolean {
    return this.#locate(hash, size) !== null;
  }

  /** What two images share exactly when their pixels at this size are the same; null where they are not there. */
  digestOf(hash: string, size: number): string | null {
    return this.#locate(hash, size)?.digest ?? null;
  }

  /**
   * Takes something to remember. It is on disk when {@link flush} has returned; before, up to a few megabytes wait in
   * memory.
   */
  async add(entry: Entry): Promise<void> {
    this.#pending.push(entry);
    if (entry.kind === "pixels") this.#pendingBytes += entry.pixels.length;
    if (this.#pendingBytes >= BATCH_BYTES || this.#pending.length >= BATCH_ENTRIES) await this.flush();
  }

  /** @throws FileError naming the file where the disk is full or cannot be written. */
  flush(): Promise<void> {
    // One batch after the other: several decoders add at once, and offsets follow from what is written.
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /**
   * Reads the pixels of several images.
   *
   * @returns RGB bytes [hashes.length, size, size, 3], in the order of `hashes`; the only memory it takes beyond that
   * is a few megabytes.
   * @throws FileError where pixels are not there (any more).
   */
  async read(hashes: readonly string[], size: number): Promise<Uint8Array> {
    const length = size * size * 3;
    const target = new Uint8Array(hashes.length * length);
    const byPack = new Map<string, { index: number; offset: number }[]>();
    for (const [index, hash] of hashes.entries()) {
      const place = this.#locate(hash, size);
      if (!place) throw new FileError(`Cannot read decoded pixels in "${this.folder}": they were removed meanwhile`);
      if (!byPack.has(place.pack)) byPack.set(place.pack, []);
      byPack.get(place.pack)!.push({ index, offset: place.offset });
    }
    for (const [pack, places] of byPack) {
      places.sort((a, b) => a.offset - b.offset);
      await this.#readPack(join(this.folder, pack), places, length, target);
    }
    return target;
  }

  /** Forgets what was not flushed and lets go of the files. */
  async close(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#pack?.handle.close();
    this.#database.close();
  }

  #locate(hash: string, size: number): { pack: string; offset: number; digest: string } | null {
    const row = this.#selectPixels.get(hash, size, decoder) as
      | { pack: string; offset: number; digest: string }
      | undefined;
    if (!row) return null;
    if (!this.#packs.has(row.pack)) {
      this.#packs.set(row.pack, statSync(join(this.folder, row.pack), { throwIfNoEntry: false })?.size ?? -1);
    }
    // The pack may have grown since this process looked: another one, or this one, writes to it.
    const end = row.offset + size * size * 3;
    if (this.#packs.get(row.pack)! < end) {
      const now = statSync(join(this.folder, row.pack), { throwIfNoEntry: false })?.size ?? -1;
      this.#packs.set(row.pack, now);
      if (now < end) return null;
    }
    return row;
  }

  async #readPack(
    file: string,
    places: readonly { index: number; offset: number }[],
    length: number,
    target: Uint8Array,
  ): Promise<void> {
    const handle = await openFile(file, "r").catch((error) => {
      throw new FileError(`Cannot read "${file}": ${reasonOf(error)}`, { cause: error });
    });
    try {
      const scratch = new Uint8Array(Math.max(length, BATCH_BYTES - BATCH_BYTES % length));
      for (let first = 0; first < places.length;) {
        // Neighbours on disk are read in one go, up to the scratch buffer.
        let last = first;
        const room = Math.floor(scratch.length / length);
        while (
          last + 1 < places.length && last + 1 - first < room &&
          places[last + 1].offset === places[last].offset + length
        ) last++;
        const bytes = (last - first + 1) * length;
        await readFully(handle, file, scratch.subarray(0, bytes), places[first].offset);
        for (let i = first; i <= last; i++) {
          target.set(scratch.subarray((i - first) * length, (i - first + 1) * length), places[i].index * length);
        }
        first = last + 1;
      }
    } finally {
      await handle.close();
    }
  }

  async #write(): Promise<void> {
    const entries = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    if (entries.length === 0) return;
    const offsets = await this.#append(entries);
    const file = join(this.folder, "index.sqlite");
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      try {
        this.#insert(entries, offsets);
        this.#database.exec("COMMIT");
      } catch (error) {
        this.#database.exec("ROLLBACK");
        throw error;
      }
    } catch (error) {
      throw unwritable(file, error);
    }
  }

  /** Writes the pixels among the entries to this process's pack and flushes them. */
  async #append(entries: readonly Entry[]): Promise<Map<Entry, number>> {
    const offsets = new Map<Entry, number>();
    const pixels = entries.filter((entry) => entry.kind === "pixels");
    if (pixels.length === 0) return offsets;
    const name = this.#pack?.name ?? `pack-${Deno.pid}-${randomUUID().slice(0, 8)}.bin`;
    const file = join(this.folder, name);
    const start = this.#pack?.length ?? 0;
    try {
      this.#pack ??= { name, handle: await openFile(file, "ax"), length: 0 };
      const { handle } = this.#pack;
      for (const entry of pixels) {
        for (let done = 0; done < entry.pixels.length;) {
          done += (await handle.write(entry.pixels, done, entry.pixels.length - done)).bytesWritten;
        }
        offsets.set(entry, this.#pack.length);
        this.#pack.length += entry.pixels.length;
      }
      await handle.datasync();
    } catch (error) {
      // What was half-written takes up a full disk, and would shift everything after it: begin a new pack next time.
      await this.#pack?.handle.truncate(start).catch(() => {});
      await this.#pack?.handle.close().catch(() => {});
      if (start === 0) rmSync(file, { force: true });
      this.#pack = null;
      throw unwritable(file, error);
    }
    return offsets;
  }

  #insert(entries: readonly Entry[], offsets: ReadonlyMap<Entry, number>): void {
    const now = BigInt(Date.now()) * 1_000_000n;
    for (const entry of entries) {
      if (entry.kind === "file") {
        const { path, size, mtime } = entry.stat;
        const settled = now - mtime > SETTLED_NS ? 1 : 0;
        this.#database.prepare("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)")
          .run(path, size, String(mtime), entry.hash, settled);
      } else if (entry.kind === "facts") {
        const facts = entry.facts.reason === null
          ? entry.facts
          : { width: null, height: null, format: null, ...entry.facts };
        this.#database.prepare("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?, ?)")
          .run(entry.hash, decoder, facts.width, facts.height, facts.format, facts.reason);
      } else {
        this.#database.prepare("INSERT OR REPLACE INTO pixels VALUES (?, ?, ?, ?, ?, ?)")
          .run(entry.hash, entry.size, decoder, this.#pack!.name, offsets.get(entry)!, entry.digest);
      }
    }
  }
}

async function readFully(handle: FileHandle, file: string, into: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new FileError(`Cannot read "${file}": it ends at byte ${position + done}`);
    done += bytesRead;
  }
}

function openDatabase(folder: string): DatabaseSync {
  const file = join(folder, "index.sqlite");
  try {
    mkdirSync(folder, { recursive: true });
    try {
      return prepared(file, folder);
    } catch (error) {
      if (!/not a database|malformed|another version/.test(String(error))) throw error;
      // It is a cache: what cannot be understood is made again.
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true });
      return prepared(file, folder);
    }
  } catch (error) {
    throw unwritable(file, error);
  }
}

function prepared(file: string, folder: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA busy_timeout = 30000");
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version !== 0 && version !== VERSION) throw new Error("another version");
    if (version === 0) {
      database.exec(`
      BEGIN IMMEDIATE;
      CREATE TABLE IF NOT EXISTS files (
        path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime TEXT NOT NULL, hash TEXT NOT NULL, settled INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS facts (
        hash TEXT NOT NULL, decoder TEXT NOT NULL, width INTEGER, height INTEGER, format TEXT, reason TEXT,
        PRIMARY KEY (hash, decoder)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS pixels (
        hash TEXT NOT NULL, size INTEGER NOT NULL, decoder TEXT NOT NULL,
        pack TEXT NOT NULL, offset INTEGER NOT NULL, digest TEXT NOT NULL,
        PRIMARY KEY (hash, size, decoder)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS pixels_by_pack ON pixels (pack);
      PRAGMA user_version = ${VERSION};
      COMMIT`);
    }
    sweepPacks(database, folder);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Removes packs that nothing points to and that nobody has written to for an hour: killed processes leave them. */
function sweepPacks(database: DatabaseSync, folder: string): void {
  const pointed = database.prepare("SELECT 1 FROM pixels WHERE pack = ? LIMIT 1");
  for (const name of readdirSync(folder)) {
    if (!name.startsWith("pack-") || pointed.get(name)) continue;
    const info = statSync(join(folder, name), { throwIfNoEntry: false });
    if (info && Date.now() - info.mtimeMs > 3_600_000) rmSync(join(folder, name), { force: true });
  }
}

function unwritable(file: string, error: unknown): FileError {
  return new FileError(
    `Cannot write the pixel cache "${file}": ${reasonOf(error)}. PLATEAU_CACHE names another folder to use`,
    { cause: error },
  );
}
