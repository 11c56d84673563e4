import { join } from "node:path";
import { queueProcess } from "../lib/cli/_queue_process.ts";
import { findProgram } from "./_programs.ts";

/** Path of a Redis server, or null: tests that need one are skipped without, by name. */
export const redisServer = findProgram("redis-server", "valkey-server");

/** A Redis server of a test's own, on a free port of 127.0.0.1. */
export class TestRedis implements AsyncDisposable {
  #process: Deno.ChildProcess | null = null;

  private constructor(readonly folder: string, readonly port: number, readonly args: readonly string[]) {}

  /**
   * @param args For `redis-server`; it keeps nothing on disk without.
   * @param hosts Further addresses of this machine to listen on.
   */
  static async start(args: readonly string[] = ["--save", ""], ...hosts: string[]): Promise<TestRedis> {
    const folder = await Deno.makeTempDir({ prefix: "plateau-redis-" });
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const binding = ["--bind", "127.0.0.1", ...hosts, ...(hosts.length > 0 ? ["--protected-mode", "no"] : [])];
    const redis = new TestRedis(folder, port, [...binding, ...args]);
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.#process = new Deno.Command(redisServer!, {
      args: ["--port", String(this.port), "--dir", this.folder, ...this.args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    for (let tries = 0; tries < 200; tries++) {
      try {
        using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
        await connection.write(new TextEncoder().encode("PING\r\n"));
        const answer = new Uint8Array(64);
        const n = await connection.read(answer);
        // "+PONG", or that it wants a password; "-LOADING" while it reads its files.
        if (n && !new TextDecoder().decode(answer.subarray(0, n)).startsWith("-LOADING")) return;
      } catch {
        // not yet
      }
      await pause(50);
    }
    throw new Error("redis-server did not start");
  }

  /** SIGTERM ends it in order, SIGKILL does not. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    const process = this.#process;
    this.#process = null;
    if (process === null) return;
    process.kill(signal);
    await process.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A machine: the process behind `deno task worker`, with its permissions and a cache of its own. */
export class TestMachine implements AsyncDisposable {
  said = "";
  #ended = false;
  readonly #listeners = new Set<() => void>();
  readonly status: Promise<Deno.CommandStatus>;

  constructor(readonly child: Deno.ChildProcess, readonly name: string) {
    this.status = child.status.then((status) => {
      this.#ended = true;
      this.#listeners.forEach((listener) => listener());
      return status;
    });
    this.#read();
  }

  /** @param through A command that starts what follows it: in a network of its own, say. */
  static start(
    url: string,
    name: string,
    cache: string,
    args: readonly string[] = [],
    through: readonly string[] = [],
  ): TestMachine {
    const how = queueProcess(url, {
      script: "_worker_process.ts",
      args: ["--with-parent", "--name", name, "--workers", "1", "--lock", "2", ...args],
      trains: true,
      stdout: "piped",
      env: { PLATEAU_CACHE: join(cache, name), NO_COLOR: "1" },
    });
    const [program, ...rest] = [...through, "deno"];
    const child = new Deno.Command(program, {
      args: [...rest, ...how.args],
      env: how.env,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    return new TestMachine(child, name);
  }

  /** Until it has said that, or more of it than before. */
  async hears(pattern: RegExp, from = 0): Promise<void> {
    while (!pattern.test(this.said.slice(from))) {
      if (this.#ended) throw new Error(`${this.name} ended before it said ${pattern}:\n${this.said}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#listeners.add(resolve);
      await promise;
      this.#listeners.delete(resolve);
    }
  }

  kill(signal: Deno.Signal): void {
    if (!this.#ended) this.child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.status;
    await this.child.stdin.close().catch(() => {});
  }

  async #read(): Promise<void> {
    for await (const text of this.child.stdout.pipeThrough(new TextDecoderStream())) {
      this.said += text;
      this.#listeners.forEach((listener) => listener());
    }
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
