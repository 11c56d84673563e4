import type { Dataset } from "../dataset/mod.ts";
import { QuizError } from "./errors.ts";
import { Gate } from "./_gate.ts";
import { quizPage } from "./_page.ts";
import type { Questions } from "./questions.ts";
import { QuizSession } from "./session.ts";
import { IMAGE_PIXELS, REFERENCE_PIXELS } from "./_sizes.ts";

/** What is asked of whom, where. */
export interface ServeOptions {
  /** The name that the page begins with; the person may change it. */
  readonly rater?: string;
  /** Any free port by default. */
  readonly port?: number;
}

/** A running quiz. */
export interface QuizServer {
  /** To be opened once, in one browser. */
  readonly address: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** What the browser may send in one request. */
const MOST_BYTES = 10_000;

/**
 * Serves the quiz on 127.0.0.1, to one browser: the first that opens the address. Images go by their place among the
 * questions; no name, path or class of an image leaves before the end.
 *
 * @throws QuizError when the port is taken.
 */
export function serveQuiz(dataset: Dataset, questions: Questions, options: ServeOptions = {}): QuizServer {
  const gate = new Gate();
  const quiz = new ServedQuiz(dataset, questions, options.rater ?? "");
  let port = options.port ?? 0;
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({
      hostname: "127.0.0.1",
      port,
      onListen: () => {},
      onError: (error) => answer(500, { error: (error as Error).message }),
    }, async (request) => {
      const { fault, fresh } = gate.check(request, port);
      const response = fault === null ? await quiz.respond(request) : answer(403, `Refused: ${fault}.\n`);
      for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
      if (fresh !== undefined) response.headers.set("set-cookie", fresh);
      return response;
    });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new QuizError(
      `Cannot serve the quiz: port ${port} is taken by another program; leave --port out for a free one`,
    );
  }
  port = server.addr.port;
  return { address: gate.address(port), port, stop: () => server.shutdown() };
}

/** On everything that is sent: kept nowhere, shown in no frame, taken for nothing else, telling nobody where it was. */
const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

class ServedQuiz {
  #session: QuizSession | null = null;

  constructor(readonly dataset: Dataset, readonly questions: Questions, readonly rater: string) {}

  async respond(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    try {
      if (request.method === "GET") {
        if (path === "/") return await this.#page();
        const image = /^\/image\/(\d+)$/.exec(path);
        if (image) return await this.#picture(this.questions.images[Number(image[1])], IMAGE_PIXELS);
        const reference = /^\/reference\/(\d+)\/(\d+)$/.exec(path);
        if (reference) {
          return await this.#picture(
            this.questions.references[Number(reference[1])]?.[Number(reference[2])],
            REFERENCE_PIXELS,
          );
        }
      } else if (request.method === "POST") {
        const handle = this.#posts[path];
        if (handle) return answer(200, await handle(await sent(request)) ?? {});
      }
      return answer(404, { error: "There is no such thing here" });
    } catch (error) {
      if (error instanceof QuizError) return answer(409, { error: error.message });
      throw error;
    }
  }

  readonly #posts: Readonly<Record<string, (body: Record<string, unknown>) => Promise<unknown>>> = {
    "/start": async ({ rater }) => {
      this.#session = await QuizSession.open(this.dataset, this.questions, String(rater ?? ""));
      return this.#state();
    },
    "/answer": ({ position, class: label, milliseconds }) =>
      this.#begun().answer(Number(position), label === null ? null : Number(label), Number(milliseconds)),
    "/undo": ({ position }) => this.#begun().undo(Number(position)),
    "/end": () => this.#begun().end(),
  };

  #begun(): QuizSession {
    if (this.#session) return this.#session;
    throw new QuizError("Cannot answer: nobody has begun");
  }

  #state() {
    return this.#session && { rater: this.#session.rater, answered: this.#session.answered() };
  }

  async #page(): Promise<Response> {
    const { dataset, questions, rater } = this;
    const { html, policy } = await quizPage("served", {
      dataset: dataset.name,
      classes: dataset.classes,
      references: questions.references.map((list) => list.length),
      questions: questions.images.length,
      rater,
      state: this.#state(),
    });
    // A policy in the page can't forbid frames.
    return new Response(html, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": `${policy}; frame-ancestors 'none'`,
      },
    });
  }

  async #picture(index: number | undefined, pixels: number): Promise<Response> {
    if (index === undefined) return answer(404, { error: "There is no such image" });
    const jpeg = await this.dataset.thumbnail(index, pixels);
    return new Response(jpeg as Uint8Array<ArrayBuffer>, { headers: { "content-type": "image/jpeg" } });
  }
}

async function sent(request: Request): Promise<Record<string, unknown>> {
  const refuse = (reason: string) => new QuizError(`Cannot read the request: ${reason}`);
  // Forms of other pages can't send this type without asking first.
  if (request.headers.get("content-type") !== "application/json") throw refuse("it must be JSON");
  if (Number(request.headers.get("content-length") ?? Infinity) > MOST_BYTES) throw refuse("it is too large");
  const body = await request.json().catch(() => null);
  if (typeof body !== "object" || body === null) throw refuse("it must be a JSON object");
  return body;
}

function answer(status: number, content: unknown): Response {
  return typeof content === "string"
    ? new Response(content, { status, headers: { "content-type": "text/plain; charset=utf-8" } })
    : Response.json(content, { status });
}
