import assert from "node:assert/strict";
import { drawQuestions, type QuizServer, serveQuiz } from "../../lib/quiz/mod.ts";
import { inTempFolder } from "../_fixtures.ts";
import { folder } from "./_asked.ts";

/** Sends a request as it is, whatever a well-behaved client would refuse to send. */
async function raw(port: number, lines: readonly string[], body = ""): Promise<{ status: number; text: string }> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const text = [...lines, "Connection: close", `Content-Length: ${body.length}`, "", body].join("\r\n");
  await connection.write(new TextEncoder().encode(text));
  const answer = await new Response(connection.readable).text();
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]), text: answer };
}

function inQuiz(
  use: (server: QuizServer, setting: Awaited<ReturnType<typeof folder>>) => Promise<void>,
): Promise<void> {
  return inTempFolder(async (root) => {
    const setting = await folder(root);
    const server = serveQuiz(setting.dataset, drawQuestions(setting.dataset, { images: 4 }), { rater: "Ada" });
    try {
      await use(server, setting);
    } finally {
      await server.stop();
    }
  });
}

/** Opens the address as a browser does, and returns the cookie. */
async function cookieOf(server: QuizServer): Promise<{ cookie: string; response: Response; page: string }> {
  const response = await fetch(server.address);
  assert.equal(response.status, 200);
  return { cookie: response.headers.get("set-cookie")!, response, page: await response.text() };
}

Deno.test("The quiz's server refuses every request without the token or the cookie", () =>
  inQuiz(async ({ address, port }) => {
    const host = `Host: 127.0.0.1:${port}`;
    for (const path of ["/", "/?token=", "/?token=x", "/image/0", "/reference/0/0", "/nothing"]) {
      const { status, text } = await raw(port, [`GET ${path} HTTP/1.1`, host]);
      assert.equal(status, 403, path);
      assert.match(text, /Refused: the address must be the one that the command printed/);
      assert.ok(!text.includes("boot"));
    }
    const { status } = await raw(
      port,
      ["POST /start HTTP/1.1", host, "Content-Type: application/json"],
      '{"rater":"Eve"}',
    );
    assert.equal(status, 403);
    // The token opens the page only: it is no password for the rest.
    const token = new URL(address).searchParams.get("token");
    assert.equal((await raw(port, [`GET /image/0?token=${token} HTTP/1.1`, host])).status, 403);
    assert.equal((await raw(port, [`POST /?token=${token} HTTP/1.1`, host])).status, 403);
  }));

Deno.test("The token works once; then the cookie does, which scripts can't read and other sites can't send", () =>
  inQuiz(async (server) => {
    const { cookie, response } = await cookieOf(server);
    assert.match(cookie, /^plateau-quiz-\d+=[\w-]{20,}; Path=\/; HttpOnly; SameSite=Strict$/);
    const policy = response.headers.get("content-security-policy")!;
    assert.match(policy, /^default-src 'none'; .*frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(response.headers.get("cache-control"), "no-store");
    const again = await fetch(server.address);
    assert.equal(again.status, 403);
    assert.match(await again.text(), /this address has been used already/);
    const headers = { cookie: cookie.split(";")[0] };
    for (const [path, status] of [["", 200], ["image/0", 200], ["reference/0/2", 200], ["image/4", 404]] as const) {
      const response = await fetch(`http://127.0.0.1:${server.port}/${path}`, { headers });
      assert.equal(response.status, status, path);
      await response.body?.cancel();
    }
    const wrong = await fetch(`http://127.0.0.1:${server.port}/`, { headers: { cookie: `${headers.cookie}x` } });
    assert.equal(wrong.status, 403);
    await wrong.body?.cancel();
  }));

Deno.test("Any other Host is refused, even with the cookie or a fresh token, and so is another page's Origin", () =>
  inQuiz(async (server) => {
    const { port } = server;
    const token = new URL(server.address).searchParams.get("token");
    const names = [
      "evil.example",
      `evil.example:${port}`,
      `localhost:${port}`,
      "127.0.0.1",
      `127.0.0.1:${port}.evil.example`,
    ];
    for (const name of names) {
      const { status, text } = await raw(port, [`GET /?token=${token} HTTP/1.1`, `Host: ${name}`]);
      assert.equal(status, 403, name);
      assert.doesNotMatch(text, /set-cookie/i);
    }
    const cookie = (await cookieOf(server)).cookie.split(";")[0];
    for (const name of names) {
      assert.equal((await raw(port, ["GET / HTTP/1.1", `Host: ${name}`, `Cookie: ${cookie}`])).status, 403, name);
    }
    const start = (origin: string) =>
      raw(port, [
        "POST /start HTTP/1.1",
        `Host: 127.0.0.1:${port}`,
        `Cookie: ${cookie}`,
        `Origin: ${origin}`,
        "Content-Type: application/json",
      ], '{"rater":"Ada"}');
    assert.equal((await start("http://evil.example")).status, 403);
    assert.equal((await start("null")).status, 403);
    assert.equal((await start(`http://127.0.0.1:${port}`)).status, 200);
  }));

Deno.test("The server says no truth before the end: no path, no name of an image, no result", () =>
  inQuiz(async (server, { dataset }) => {
    const { cookie, page } = await cookieOf(server);
    for (const { path, hash } of dataset.records) assert.ok(!page.includes(path) && !page.includes(hash));
    assert.ok(!page.includes("<b>sandal"), "a class name as markup");
    const post = async (path: string, body: unknown, type = "application/json") => {
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
        method: "POST",
        headers: { cookie: cookie.split(";")[0], "content-type": type },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    };
    assert.deepEqual(await post("/answer", { position: 0, class: 0, milliseconds: 1 }), {
      status: 409,
      body: { error: "Cannot answer: nobody has begun" },
    });
    assert.deepEqual((await post("/start", { rater: "Ada" })).body, { rater: "Ada", answered: [] });
    for (let position = 0; position < 4; position++) {
      const { status, body } = await post("/end", {});
      assert.equal(status, 409);
      assert.deepEqual(Object.keys(body), ["error"]);
      assert.deepEqual(await post("/answer", { position, class: 0, milliseconds: 500 }), { status: 200, body: {} });
    }
    assert.deepEqual(await post("/undo", { position: 3 }), { status: 200, body: {} });
    assert.equal((await post("/end", {})).status, 409);
    await post("/answer", { position: 3, class: null, milliseconds: 500 });
    const { status, body } = await post("/end", {});
    assert.equal(status, 200);
    assert.ok(body.missed.some(({ position }: { position: number }) => position === 3));
    assert.equal((await post("/undo", { position: 3 })).status, 409);
    assert.match((await post("/start", { rater: "Ada" }, "text/plain")).body.error, /must be JSON/);
    assert.match((await post("/start", { rater: "x".repeat(20_000) })).body.error, /too large/);
    assert.equal((await post("/nothing", {})).status, 404);
  }));

Deno.test("serveQuiz() says when its port is taken", () =>
  inQuiz(({ port }, { dataset }) => {
    assert.throws(() => serveQuiz(dataset, drawQuestions(dataset, { images: 4 }), { port }), /port \d+ is taken/);
    return Promise.resolve();
  }));
