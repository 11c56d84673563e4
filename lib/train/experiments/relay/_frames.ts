/** A message: a small part as JSON, and bytes. */
export interface Frame {
  readonly header: unknown;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What a connection of the system's needs to have for it. */
export type Connection = Pick<Deno.Conn, "read" | "write" | "close">;

const LARGEST_HEADER = 2 ** 28;

/** Messages over a stream of bytes, in both directions: lengths of header and body (uint32 each, little-endian), then both. */
export class Frames {
  #sending: Promise<unknown> = Promise.resolve();

  constructor(readonly connection: Connection) {}

  /** One after the other, however many are on their way. Rejects once the other side is gone. */
  send(header: unknown, body: Uint8Array = new Uint8Array(0)): Promise<void> {
    const text = new TextEncoder().encode(JSON.stringify(header));
    const lengths = new Uint8Array(8);
    new DataView(lengths.buffer).setUint32(0, text.length, true);
    new DataView(lengths.buffer).setUint32(4, body.length, true);
    const sent = this.#sending.then(async () => {
      for (const part of [lengths, text, body]) {
        for (let rest = part; rest.length > 0;) rest = rest.subarray(await this.connection.write(rest));
      }
    });
    this.#sending = sent.catch(() => {});
    return sent;
  }

  /** Until the other side ends. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Frame> {
    while (true) {
      const lengths = await this.#read(8);
      if (lengths === null) return;
      const view = new DataView(lengths.buffer);
      const [header, body] = [view.getUint32(0, true), view.getUint32(4, true)];
      if (header > LARGEST_HEADER) throw new RangeError("Cannot read a message: its header is too long");
      const text = await this.#read(header);
      const bytes = await this.#read(body);
      if (text === null || bytes === null) return;
      yield { header: JSON.parse(new TextDecoder().decode(text)), body: bytes };
    }
  }

  close(): void {
    try {
      this.connection.close();
    } catch {
      // closed already
    }
  }

  async #read(length: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const n = await this.connection.read(bytes.subarray(at)).catch(() => null);
      if (n === null) return null;
      at += n;
    }
    return bytes;
  }
}
