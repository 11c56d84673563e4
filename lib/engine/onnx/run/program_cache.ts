import type { Program } from "./program.ts";

export interface Limits {
  /** Programs that may be kept. */
  readonly count: number;
  /** Their {@link Program.bytes} together, above which only `least` programs are kept. */
  readonly bytes: number;
  readonly least: number;
}

/** Compiled graphs by structural key. Those used longest ago are released when there are too many. */
export class ProgramCache {
  readonly #programs = new Map<string, Program>();
  #bytes = 0;
  #compileMs = 0;

  constructor(readonly limits: Limits) {}

  get size(): number {
    return this.#programs.size;
  }

  /** Milliseconds that compiling took in all: lowering, serialising, and ONNX Runtime's part. */
  get compileMs(): number {
    return this.#compileMs;
  }

  /** The program of that key, compiled by `compile` where there is none. */
  get(key: string, compile: () => Program): Program {
    let program = this.#programs.get(key);
    if (program === undefined) {
      const start = performance.now();
      program = compile();
      this.#compileMs += performance.now() - start;
      this.#bytes += program.bytes;
      while (this.#isFull()) this.#release(this.#programs.keys().next().value!);
    } else {
      // A Map remembers the order of insertion: the last used comes last.
      this.#programs.delete(key);
    }
    this.#programs.set(key, program);
    return program;
  }

  /** Releases all sessions. */
  clear(): void {
    for (const key of [...this.#programs.keys()]) this.#release(key);
  }

  /** Whether one has to go before another comes. */
  #isFull(): boolean {
    const { count, bytes, least } = this.limits;
    return this.size >= count || this.#bytes > bytes && this.size >= least;
  }

  #release(key: string): void {
    const program = this.#programs.get(key)!;
    this.#bytes -= program.bytes;
    this.#programs.delete(key);
    program.dispose();
  }
}
