/**
 * The little of ZeroMQ's wire protocol that a Jupyter client needs: ZMTP 3.0 with the NULL mechanism over TCP
 * (https://rfc.zeromq.org/spec/23/), for DEALER and SUB sockets that connect.
 *
 * There is a library, `npm:zeromq`, and it was tried first: with Deno 2.9 its native sockets end the process in a
 * segmentation fault when a kernel is killed and when a test's isolate is torn down. Besides, what is TypeScript stays
 * under Deno's permissions.
 */

type SocketType = "DEALER" | "SUB";

const MORE = 1, LONG = 2, COMMAND = 4;
const encoder = new TextEncoder();

/** A connected socket. */
export class ZmtpSocket {
  readonly #connection: Deno.TcpConn;
  readonly #reader: ByteReader;
  #writing: Promise<void> = Promise.resolve();

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#reader = new ByteReader(connection);
  }

  /**
   * Connects to 127.0.0.1. A SUB socket subscribes to everything.
   *
   * @param identity What a ROUTER at the other end knows this socket by.
   * @throws Deno.errors.ConnectionRefused when nothing listens there (yet), Error when it speaks another protocol.
   */
  static async connect(port: number, type: SocketType, identity = ""): Promise<ZmtpSocket> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay();
    const socket = new ZmtpSocket(connection);
    try {
      await socket.#write(greeting());
      await socket.#readGreeting();
      await socket.#write(frame(ready(type, identity), COMMAND));
      const { flags, body } = await socket.#readFrame();
      if (!(flags & COMMAND) || commandName(body) !== "READY") throw new Error("Cannot connect: no READY command came");
      if (type === "SUB") await socket.send([new Uint8Array([1])]);
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** Sends one message of several parts. */
  async send(parts: readonly (Uint8Array | string)[]): Promise<void> {
    const frames = parts.map((part, i) =>
      frame(typeof part === "string" ? encoder.encode(part) : part, i < parts.length - 1 ? MORE : 0)
    );
    await this.#write(concatenated(frames));
  }

  /** Messages, as their parts, until the other end closes or {@link close} is called. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array[]> {
    let parts: Uint8Array[] = [];
    while (true) {
      let next;
      try {
        next = await this.#readFrame();
      } catch {
        return; // closed, by whichever end
      }
      if (next.flags & COMMAND) continue; // none of 3.0's concerns a client that is connected
      parts.push(next.body);
      if (next.flags & MORE) continue;
      yield parts;
      parts = [];
    }
  }

  close(): void {
    try {
      this.#connection.close();
    } catch {
      // closed already
    }
  }

  /** One message at a time, whole: a TCP write may take only a part. */
  #write(bytes: Uint8Array): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await this.#connection.write(rest));
    });
    return this.#writing;
  }

  async #readGreeting(): Promise<void> {
    const bytes = await this.#reader.read(64);
    const mechanism = new TextDecoder().decode(bytes.subarray(12, 32)).replace(/\0+$/, "");
    if (bytes[0] !== 0xff || bytes[9] !== 0x7f || bytes[10] < 3 || mechanism !== "NULL") {
      throw new Error("Cannot connect: the other end does not speak ZMTP 3 without encryption");
    }
  }

  async #readFrame(): Promise<{ flags: number; body: Uint8Array }> {
    const [flags] = await this.#reader.read(1);
    const head = await this.#reader.read(flags & LONG ? 8 : 1);
    const size = flags & LONG ? Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0)) : head[0];
    return { flags, body: await this.#reader.read(size) };
  }
}

/** Reads exact numbers of bytes from a stream that delivers what it likes. */
class ByteReader {
  #buffer = new Uint8Array(64 * 1024);
  #start = 0;
  #end = 0;

  constructor(private readonly source: { read(into: Uint8Array): Promise<number | null> }) {}

  /** @throws Deno.errors.UnexpectedEof when the stream ends before. */
  async read(count: number): Promise<Uint8Array> {
    if (this.#buffer.length < count) this.#move(new Uint8Array(count));
    else if (this.#start + count > this.#buffer.length) this.#move(this.#buffer);
    while (this.#end - this.#start < count) {
      const read = await this.source.read(this.#buffer.subarray(this.#end));
      if (read === null) throw new Deno.errors.UnexpectedEof("the connection was closed");
      this.#end += read;
    }
    const bytes = this.#buffer.slice(this.#start, this.#start + count);
    this.#start += count;
    return bytes;
  }

  #move(to: Uint8Array<ArrayBuffer>): void {
    to.set(this.#buffer.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
    this.#buffer = to;
  }
}

/** Signature, version 3.0, mechanism NULL, client. */
function greeting(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.set(encoder.encode("NULL"), 12);
  return bytes;
}

function ready(type: SocketType, identity: string): Uint8Array {
  const properties = Object.entries({ "Socket-Type": type, ...(identity ? { Identity: identity } : {}) });
  return concatenated([
    shortText("READY"),
    ...properties.flatMap(([name, value]) => [shortText(name), longText(value)]),
  ]);
}

function commandName(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(1, 1 + body[0]));
}

function frame(body: Uint8Array, flags: number): Uint8Array {
  if (body.length < 256) return concatenated([new Uint8Array([flags, body.length]), body]);
  const head = new Uint8Array(9);
  head[0] = flags | LONG;
  new DataView(head.buffer).setBigUint64(1, BigInt(body.length));
  return concatenated([head, body]);
}

function shortText(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  return concatenated([new Uint8Array([bytes.length]), bytes]);
}

function longText(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, bytes.length);
  return concatenated([size, bytes]);
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
