import { Buffer } from "node:buffer";

/**
 * Writes the structure of a graph as a list of integers, and that as one text. It is written anew at every step, so it
 * makes no other text on the way and uses its memory again.
 */
export class Structure {
  #words = new Int32Array(4096);
  #length = 0;

  /** Begins anew. */
  clear(): void {
    this.#length = 0;
  }

  add(word: number): void {
    if (this.#length === this.#words.length) {
      const longer = new Int32Array(2 * this.#length);
      longer.set(this.#words);
      this.#words = longer;
    }
    this.#words[this.#length++] = word;
  }

  /** What {@link wordsOf} gave for data: the same as adding that. */
  addWords(words: Int32Array): void {
    for (let index = 0; index < words.length; index++) this.add(words[index]);
  }

  /** A list of integers, told apart from a longer one that begins alike. */
  addShape(shape: readonly number[]): void {
    this.add(shape.length);
    for (let axis = 0; axis < shape.length; axis++) this.add(shape[axis]);
  }

  /** Plain JSON, or undefined. Equal data gives equal words. */
  addData(data: unknown): void {
    if (typeof data === "number") {
      if (data === (data | 0)) {
        this.add(Word.integer);
        this.add(data);
      } else {
        this.add(Word.number);
        bits.float[0] = data;
        this.add(bits.words[0]);
        this.add(bits.words[1]);
      }
    } else if (Array.isArray(data)) {
      this.add(Word.list);
      this.add(data.length);
      for (let index = 0; index < data.length; index++) this.addData(data[index]);
    } else if (typeof data === "object" && data !== null) {
      this.add(Word.object);
      for (const key in data) {
        this.add(idOf(key));
        this.addData((data as Record<string, unknown>)[key]);
      }
      this.add(Word.end);
    } else if (typeof data === "string") {
      this.add(Word.text);
      this.add(idOf(data));
    } else {
      this.add(data === true ? Word.true : data === false ? Word.false : data === null ? Word.null : Word.nothing);
    }
  }

  /** A copy of what was added. */
  get words(): Int32Array {
    return this.#words.slice(0, this.#length);
  }

  /** As a text of one character for each byte: what a `Map` can look up. */
  get key(): string {
    return Buffer.from(this.#words.buffer, 0, 4 * this.#length).toString("latin1");
  }
}

/** Data as the words that a structure has for it, to be added again and again. */
export function wordsOf(data: unknown): Int32Array {
  scratch.clear();
  scratch.addData(data);
  return scratch.words;
}

const scratch = new Structure();

/** Marks in front of data, so that different data never gives equal words. Numbers of texts are above zero. */
const Word = {
  integer: -1,
  number: -2,
  list: -3,
  object: -4,
  end: -5,
  text: -6,
  true: -7,
  false: -8,
  null: -9,
  nothing: -10,
} as const;

const float = new Float64Array(1);
const bits = { float, words: new Int32Array(float.buffer) };

const ids = new Map<string, number>();

/** A number for a text, the same throughout the process. Names of kernels and attributes are few. */
export function idOf(text: string): number {
  let id = ids.get(text);
  if (id === undefined) ids.set(text, id = ids.size + 1);
  return id;
}
