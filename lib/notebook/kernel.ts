import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { OutputCollector } from "./_outputs.ts";
import { type Message, Wire } from "./_wire.ts";
import { ZmtpSocket } from "./_zmtp.ts";
import type { Output } from "./nbformat.ts";

/** The kernel could not be started, or ended while it was needed. */
export class KernelError extends Error {
  override name = "KernelError";
}

/** What executing one piece of code gave. */
export interface Execution {
  readonly outputs: readonly Output[];
  readonly executionCount: number;
  /** Set when the code threw. */
  readonly error: { readonly name: string; readonly message: string; readonly traceback: readonly string[] } | null;
}

export interface KernelOptions {
  /** Where `deno.json` lies, so that its import map holds. */
  readonly cwd: string;
  /** How long to wait for the kernel to answer, in milliseconds. */
  readonly startTimeout?: number;
}

const START_TIMEOUT = 60_000;
const SHUTDOWN_TIMEOUT = 2_000;
/**
 * Deno's kernel may say "idle" before a display that the cell broadcast has left it: how long to wait for that, where
 * the cell does not see to it itself. One that failed does not.
 */
const STRAGGLERS = 50;
const OUTPUTS_BEFORE_END = `(await import(${
  JSON.stringify(new URL("./end_of_cell.ts", import.meta.url).href)
})).outputsBeforeEnd();`;

/**
 * Ends the kernel when the process that started it is gone, however that ended: its end of the pipe is closed then. The
 * connection file, which nobody else would remove, goes too.
 */
function endWithParent(connectionFolder: string): string {
  return `void (async () => {
    try {
      for await (const _ of Deno.stdin.readable);
    } finally {
      try { Deno.removeSync(${JSON.stringify(connectionFolder)}, { recursive: true }); } catch { /* gone already */ }
      Deno.exit(0);
    }
  })();`;
}

/**
 * A running Deno Jupyter kernel. No Jupyter is needed: it is started directly, and spoken to in the Jupyter protocol
 * over ZeroMQ on 127.0.0.1, signed with a key that only the two know.
 */
export class Kernel {
  readonly #child: Deno.ChildProcess;
  readonly #wire: Wire;
  #sockets: Readonly<Record<"shell" | "control" | "broadcast", ZmtpSocket>> | null = null;
  readonly #connectionFolder: string;
  /** Requests that wait for an answer, by id. */
  readonly #waiting = new Map<string, Request>();
  /** Rejects with the reason once the process is gone, or cannot be trusted any more. */
  readonly #death = Promise.withResolvers<never>();
  /** Whether cells let their outputs leave before they end. */
  #ordered = false;
  #stderr = "";

  private constructor(child: Deno.ChildProcess, key: string, folder: string) {
    this.#child = child;
    this.#connectionFolder = folder;
    this.#wire = new Wire(key);
    this.#death.promise.catch(() => {}); // it is awaited wherever an answer is
    this.#watch(this.#keepErrors());
  }

  /**
   * Starts a kernel and waits until it answers.
   *
   * @throws KernelError when it does not within the timeout, or ends.
   */
  static async start(options: KernelOptions): Promise<Kernel> {
    const folder = await Deno.makeTempDir({ prefix: "plateau-kernel-" }); // readable by its owner only: it holds the key
    const connection = newConnection();
    const file = join(folder, "connection.json");
    await Deno.writeTextFile(file, JSON.stringify(connection), { mode: 0o600 });
    let child: Deno.ChildProcess;
    try {
      // By its name, not by its path: that is what the permission to run programs names.
      child = new Deno.Command("deno", {
        args: ["jupyter", "--kernel", "--conn", file],
        cwd: options.cwd,
        env: {
          // A permission that was taken away is refused, never asked for.
          DENO_NO_PROMPT: "1",
          DENO_NO_UPDATE_CHECK: "1",
          NO_COLOR: "1",
          // What a notebook displays goes into reports: it need not know passwords.
          PLATEAU_QUEUE: "",
          PLATEAU_QUEUE_PASSWORD: "",
        },
        stdin: "piped", // closes when this process ends: see endWithParent()
        stdout: "null",
        stderr: "piped",
      }).spawn();
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      const reason = error instanceof Deno.errors.NotFound ? "`deno` is not on the PATH" : (error as Error).message;
      throw new KernelError(`Cannot start the Deno kernel: ${reason}`, { cause: error });
    }
    const kernel = new Kernel(child, connection.key, folder);
    try {
      await kernel.#connect(connection, options.startTimeout ?? START_TIMEOUT);
      const { error } = await kernel.execute(`${endWithParent(folder)}\n${OUTPUTS_BEFORE_END}`);
      kernel.#ordered = error === null;
      return kernel;
    } catch (error) {
      await kernel.close();
      throw error;
    }
  }

  /** Process id, for messages. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Runs code and waits for its end.
   *
   * @param onMessage Sees every output as it comes, displays and their updates included.
   * @throws KernelError when the kernel ends meanwhile. Code that throws does not: see {@link Execution.error}.
   */
  async execute(code: string, onMessage: (message: Message) => void = () => {}): Promise<Execution> {
    const collector = new OutputCollector();
    const reply = await this.#request("execute_request", {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    }, (message) => {
      collector.add(message);
      onMessage(message);
    });
    return {
      outputs: collector.outputs,
      executionCount: reply.execution_count,
      error: reply.status === "error"
        ? { name: reply.ename, message: reply.evalue, traceback: reply.traceback ?? [] }
        : null,
    };
  }

  /** Asks the running code to stop, as Jupyter does: by SIGINT. Code that does not listen for it ends the kernel. */
  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** Ends the kernel: asks first, then kills. */
  async close(): Promise<void> {
    const ended = this.#child.status;
    const { frames } = this.#wire.encode("shutdown_request", { restart: false });
    await this.#sockets?.control.send(frames).catch(() => {}); // it may be gone already
    await this.#child.stdin.close().catch(() => {});
    await Promise.race([ended, later(SHUTDOWN_TIMEOUT)]);
    // By the child's handle: Deno.kill() would need the permission to run any program.
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // gone, as it should be
    }
    await ended;
    Object.values(this.#sockets ?? {}).forEach((socket) => socket.close());
    await Deno.remove(this.#connectionFolder, { recursive: true }).catch(() => {});
  }

  /** Waits for the kernel to bind its ports, and until an answer has come on both channels: a subscription takes a moment. */
  async #connect(connection: Connection, timeout: number): Promise<void> {
    const end = performance.now() + timeout;
    const late = () => {
      if (performance.now() > end) {
        throw new KernelError(`Cannot start the Deno kernel: it did not answer within ${timeout / 1000} s`);
      }
    };
    const identity = randomUUID();
    const connect = async (port: number, type: "DEALER" | "SUB") => {
      while (true) {
        try {
          return await Promise.race([ZmtpSocket.connect(port, type, identity), this.#death.promise]);
        } catch (error) {
          if (error instanceof KernelError) throw error;
          late();
          await later(20);
        }
      }
    };
    this.#sockets = {
      shell: await connect(connection.shell_port, "DEALER"),
      control: await connect(connection.control_port, "DEALER"),
      broadcast: await connect(connection.iopub_port, "SUB"),
    };
    this.#listen("shell");
    this.#listen("broadcast");
    while (true) {
      const answered = this.#request("kernel_info_request", {}, () => {}).then(() => true);
      answered.catch(() => {}); // of an earlier round; the kernel's end reaches the present one too
      if (await Promise.race([answered, later(500).then(() => false)])) return;
      late();
    }
  }

  /** An execution is over when the reply has come and the broadcast channel, which is another socket, says "idle". */
  async #request(type: string, content: unknown, onOutput: (message: Message) => void): Promise<Message["content"]> {
    const { id, frames } = this.#wire.encode(type, content);
    const answer = Promise.withResolvers<Message["content"]>();
    this.#waiting.set(id, { onOutput, resolve: answer.resolve, reply: null, idle: false });
    try {
      await Promise.race([this.#sockets!.shell.send(frames), this.#death.promise]);
      const reply = await Promise.race([answer.promise, this.#death.promise]);
      if (!this.#ordered || reply.status !== "ok") await later(STRAGGLERS);
      return reply;
    } finally {
      this.#waiting.delete(id);
    }
  }

  async #listen(from: "shell" | "broadcast"): Promise<void> {
    try {
      for await (const frames of this.#sockets![from]) {
        const message = this.#wire.decode(frames);
        const request = this.#waiting.get(message.parent ?? "");
        if (!request) continue;
        if (from === "shell") request.reply = message.content;
        else if (message.type === "status") request.idle = message.content.execution_state === "idle";
        else request.onOutput(message);
        if (request.reply && request.idle) request.resolve(request.reply);
      }
    } catch (error) {
      this.#death.reject(new KernelError((error as Error).message, { cause: error }));
    }
  }

  /** We are its parent, so its end is known for sure and at once: no heartbeat is needed to guess it. */
  async #watch(stderr: Promise<void>): Promise<void> {
    const { code, signal } = await this.#child.status;
    await Promise.race([stderr, later(200)]); // its last words
    const how = signal ? `it was ended by ${signal}` : `it ended with status ${code}`;
    const hint = signal === "SIGKILL" ? "; somebody killed it, or the memory ran out" : "";
    const said = this.#stderr.trim().split("\n").findLast((line) => !line.includes("is unstable and might change"));
    this.#death.reject(new KernelError(`The Deno kernel is gone: ${how}${hint}${said ? ` (${said})` : ""}`));
  }

  async #keepErrors(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#stderr = (this.#stderr + text).slice(-2000);
    }
  }
}

interface Request {
  readonly onOutput: (message: Message) => void;
  readonly resolve: (reply: Message["content"]) => void;
  reply: Message["content"] | null;
  idle: boolean;
}

/** What the connection file of a Jupyter kernel holds. */
type Connection = ReturnType<typeof newConnection>;

function newConnection() {
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = freePorts(5);
  return {
    ip: "127.0.0.1",
    transport: "tcp",
    key: randomUUID(),
    signature_scheme: "hmac-sha256",
    kernel_name: "deno",
    shell_port,
    iopub_port,
    stdin_port,
    control_port,
    hb_port,
  };
}

/** Ports that are free now. All are held until the last is known, so that none is given twice. */
function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map((listener) => (listener.addr as Deno.NetAddr).port);
  listeners.forEach((listener) => listener.close());
  return ports;
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, milliseconds)));
}
