import type { Redis } from "ioredis";
import { join } from "node:path";
import type { Dataset } from "../../../dataset/mod.ts";
import { cacheRoot, writeWhole } from "../../../files/mod.ts";
import { imageTable } from "../../_image_table.ts";
import type { ImageTable } from "../job.ts";
import type { Envelope } from "./_envelope.ts";
import { downloadImages } from "./_image_store.ts";
import { packImages, unpackImages } from "./_packed_images.ts";
import { fromRanges } from "./_ranges.ts";

/** A machine's own images, opened at a working size in pixels: it is part of what their fingerprint says. */
export type OwnImages = (size: number) => Promise<Dataset>;

/** The working size of whoever gives none. */
const DEFAULT_SIZE = 64;

/** Tables in memory, and on disk. */
const IN_MEMORY = 3;
const ON_DISK = 8;

/**
 * Where a machine gets the images of jobs: from its own folder where the content is the same, else from its cache, else
 * from the queue. Whatever the way, a table is used only if its hash is that of the job.
 */
export class ImageSource {
  readonly #tables = new Map<string, Promise<ImageTable>>();
  readonly #said = new Set<string>();

  /**
   * @param own The machine's own images, if it has them.
   * @param say For what a person should know: once each.
   */
  constructor(readonly redis: Redis, readonly own: OwnImages | null, readonly say: (text: string) => void) {}

  /** @throws Error where the queue does not have the images, or others under their name. */
  tableOf(envelope: Envelope): Promise<ImageTable> {
    const { images: hash } = envelope;
    let table = this.#tables.get(hash);
    if (table === undefined) {
      table = this.#find(envelope);
      this.#tables.set(hash, table);
      table.catch(() => this.#tables.delete(hash));
      const [oldest] = this.#tables.keys();
      if (this.#tables.size > IN_MEMORY) this.#tables.delete(oldest);
    }
    return table;
  }

  async #find(envelope: Envelope): Promise<ImageTable> {
    const { images: hash } = envelope;
    const short = hash.slice(0, 12);
    const own = await this.#fromOwnFolder(envelope);
    if (own !== null) return own;
    const path = join(cachedImages(), hash);
    const cached = await Deno.readFile(path).catch(() => null);
    if (cached !== null) {
      try {
        return unpackImages({ hash, bytes: cached });
      } catch {
        this.#once(`The cached images ${short} are damaged: they are fetched again.`);
      }
    }
    const bytes = await downloadImages(this.redis, hash);
    if (bytes === null) throw new Error(`Cannot get the images ${short}: the queue does not have them any more`);
    const table = unpackImages({ hash, bytes });
    this.#once(`Fetched the images ${short} from the queue: ${(bytes.length / 2 ** 20).toFixed(1)} MB.`);
    try {
      await writeWhole(path, bytes);
      await forgetOldest();
    } catch (error) {
      // Training needs no disk.
      this.#once(`The images are kept in memory only. ${(error as Error).message}`);
    }
    return table;
  }

  async #fromOwnFolder({ job, rows, images: hash }: Envelope): Promise<ImageTable | null> {
    const { own } = this;
    if (own === null) return null;
    const { fingerprint, size } = job.images;
    try {
      const opened = new Map<string, Dataset>();
      for (const working of new Set([size, DEFAULT_SIZE])) {
        const images = await own(working);
        opened.set(images.fingerprint, images);
        if (images.fingerprint === fingerprint) break;
      }
      const mine = opened.get(fingerprint);
      if (mine === undefined) {
        this.#once(
          `The images of --data are others (fingerprint ${[...opened.keys()][0].slice(0, 12)}) than those of the ` +
            `experiments (${fingerprint.slice(0, 12)}): these come from the queue.`,
        );
        return null;
      }
      const table = await imageTable(mine, fromRanges(rows), size);
      if (packImages(table).hash === hash) return table;
      this.#once("The images of --data are decoded otherwise here than by who asks: they come from the queue.");
    } catch (error) {
      this.#once(`The images of --data cannot be used, they come from the queue: ${(error as Error).message}`);
    }
    return null;
  }

  #once(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.say(text);
  }
}

function cachedImages(): string {
  return join(cacheRoot(), "queue", "images");
}

async function forgetOldest(): Promise<void> {
  const folder = cachedImages();
  const files = await Promise.all(
    (await Array.fromAsync(Deno.readDir(folder))).map(async ({ name }) => {
      const path = join(folder, name);
      return { path, at: (await Deno.stat(path)).mtime?.getTime() ?? 0 };
    }),
  );
  const old = files.sort((a, b) => b.at - a.at).slice(ON_DISK);
  await Promise.all(old.map(({ path }) => Deno.remove(path).catch(() => {})));
}
