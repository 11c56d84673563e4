import assert from "node:assert/strict";
import { type Cell, runNotebook } from "../../lib/notebook/mod.ts";
import { projectRoot } from "../../lib/files/mod.ts";

/** What the code, run in a notebook, prints. */
async function printed(source: string): Promise<string> {
  const cell: Cell = {
    cell_type: "code",
    id: "one",
    metadata: {},
    source,
    outputs: [],
    execution_count: null,
  };
  const { cells, failure } = await runNotebook({ name: "01_test", cells: [cell] }, { cwd: projectRoot() });
  assert.equal(failure, null);
  return cells[0].outputs.map((output) => output.output_type === "stream" ? output.text : "").join("");
}

/** Runs `use` with a web server, and returns how often it was asked. */
async function askedWhile(use: (port: number) => Promise<void>): Promise<number> {
  let asked = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    asked++;
    return new Response("export default 1;", { headers: { "content-type": "text/javascript" } });
  });
  try {
    await use(server.addr.port);
  } finally {
    await server.shutdown();
  }
  return asked;
}

/** Says whether each way out is refused. */
const attempts = (ways: Record<string, string>) =>
  Object.entries(ways).map(([name, way]) =>
    `try { await (async () => { ${way} })(); console.log("${name}: open"); } catch (error) { console.log("${name}: " + error.name); }`
  ).join("\n");

Deno.test("a notebook's kernel reaches no host: not by fetch, sockets, names, imports or Workers", async () => {
  const asked = await askedWhile(async (port) => {
    const url = `http://127.0.0.1:${port}/`;
    const output = await printed(attempts({
      fetch: `await fetch("${url}")`,
      websocket: `new WebSocket("ws://127.0.0.1:${port}/")`,
      tcp: `await Deno.connect({ hostname: "127.0.0.1", port: ${port} })`,
      node:
        `const net = await import("node:net"); await new Promise((ok, no) => net.connect(${port}, "127.0.0.1", ok).on("error", no))`,
      dns: `await Deno.resolveDns("localhost", "A")`,
      listen: `Deno.listen({ hostname: "127.0.0.1", port: 0 })`,
      import: `await import("${url}a.js")`,
      worker:
        `const w = new Worker("data:application/javascript," + encodeURIComponent('fetch("${url}").then(() => postMessage("Open"), (e) => postMessage(e.name))'), { type: "module" });
         const name = await new Promise((ok) => w.onmessage = (e) => ok(e.data)); w.terminate(); if (name !== "Open") throw Object.assign(new Error(), { name })`,
    }));
    assert.deepEqual(output.trim().split("\n").filter((line) => line.endsWith(": open")), []);
    assert.match(output, /fetch: NotCapable/);
    assert.equal(output.trim().split("\n").length, 8);
  });
  assert.equal(asked, 0);
});

Deno.test("a notebook's kernel starts no program, which this test itself can", async () => {
  const marker = await Deno.makeTempFile();
  const args = ["eval", `Deno.writeTextFileSync(${JSON.stringify(marker)}, "it ran")`];
  const output = await printed(attempts({
    command: `new Deno.Command("deno", { args: ${JSON.stringify(args)} }).outputSync()`,
    node: `(await import("node:child_process")).execFileSync("deno", ${JSON.stringify(args)})`,
  }));
  assert.match(output, /^command: NotCapable\nnode: \w+\n$/);
  assert.equal(await Deno.readTextFile(marker), "");
  await new Deno.Command("deno", { args }).output();
  assert.equal(await Deno.readTextFile(marker), "it ran");
  await Deno.remove(marker);
});

Deno.test("what lock() takes cannot be asked back, and nothing waits for an answer", async () => {
  const output = await printed(
    `console.log((await Deno.permissions.request({ name: "net" })).state, (await Deno.permissions.request({ name: "run" })).state)`,
  );
  assert.doesNotMatch(output, /granted/);
});

Deno.test("lock({ ffi: true }) leaves the add-ons that are loaded and refuses further ones", async () => {
  const output = await printed(`
    import sharp from "sharp";
    import { lock } from "./lib/notebook/mod.ts";
    lock({ ffi: true });
    const png = await sharp({ create: { width: 2, height: 2, channels: 3, background: "red" } }).png().toBuffer();
    console.log(png.length > 0);
    try { Deno.dlopen("libc.so.6", {}); console.log("open"); } catch (error) { console.log(error.name); }`);
  assert.equal(output, "true\nNotCapable\n");
});
