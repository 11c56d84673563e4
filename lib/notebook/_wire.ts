import { createHmac, randomUUID } from "node:crypto";

/** A message of the Jupyter protocol, without its frames. */
export interface Message {
  readonly type: string;
  /** Id of the request that this message answers. */
  readonly parent: string | undefined;
  // deno-lint-ignore no-explicit-any -- every message type has its own content
  readonly content: any;
}

const DELIMITER = "<IDS|MSG>";

/** Turns messages of the Jupyter protocol 5.3 into ZeroMQ frames and back, signed with the connection's key. */
export class Wire {
  readonly #session = randomUUID();

  constructor(private readonly key: string) {}

  /** @returns The frames, and the id that answers will name as their parent. */
  encode(type: string, content: unknown): { id: string; frames: string[] } {
    const id = randomUUID();
    const header = {
      msg_id: id,
      msg_type: type,
      session: this.#session,
      username: "plateau",
      date: new Date().toISOString(),
      version: "5.3",
    };
    const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
    return { id, frames: [DELIMITER, this.#sign(parts), ...parts] };
  }

  /** @throws Error when the frames are no message or were not signed with the key. */
  decode(frames: readonly Uint8Array[]): Message {
    const texts = frames.map((frame) => new TextDecoder().decode(frame));
    const start = texts.indexOf(DELIMITER);
    const [signature, ...parts] = texts.slice(start + 1, start + 6);
    if (start < 0 || parts.length < 4) throw new Error("Cannot read a kernel's message: frames are missing");
    if (signature !== this.#sign(parts)) throw new Error("Cannot read a kernel's message: its signature is wrong");
    const [header, parent, , content] = parts.map((part) => JSON.parse(part));
    return { type: header.msg_type, parent: parent.msg_id, content };
  }

  #sign(parts: readonly string[]): string {
    const hmac = createHmac("sha256", this.key);
    parts.forEach((part) => hmac.update(part));
    return hmac.digest("hex");
  }
}
