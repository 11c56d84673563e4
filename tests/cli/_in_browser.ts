/// <reference lib="dom" />
/**
 * Runs the browser example of an export's README in a page: `deno run -A _in_browser.ts FOLDER CHROMIUM`, FOLDER being
 * the export with a picture.png in it. Prints as JSON what the example logs. A program of its own, because Playwright does
 * not run without all permissions.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const [folder, executablePath] = Deno.args;
const runtime = dirname(fileURLToPath(import.meta.resolve("onnxruntime-web")));
const readme = await Deno.readTextFile(join(folder, "README.md"));
const example = /```js\n([\s\S]*?)```/.exec(readme)![1];
const page = `<!doctype html><meta charset="utf-8"><title>waiting</title>
<script type="importmap">{ "imports": { "onnxruntime-web": "/runtime/ort.wasm.min.mjs" } }</script>
<script type="module">${example}
document.title = "done";</script>`;
const types: Record<string, string> = { mjs: "text/javascript", wasm: "application/wasm", json: "application/json" };

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/") return new Response(page, { headers: { "content-type": "text/html" } });
  const name = pathname.split("/").at(-1)!;
  const path = pathname.startsWith("/runtime/") ? join(runtime, name) : join(folder, name);
  const body = await Deno.readFile(path).catch(() => null);
  if (body === null) return new Response(null, { status: 404 });
  return new Response(body, { headers: { "content-type": types[name.split(".").at(-1)!] ?? "" } });
});
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const tab = await browser.newPage();
const logged: string[] = [], faults: string[] = [];
tab.on("console", (message) => (message.type() === "log" ? logged : faults).push(message.text()));
tab.on("pageerror", (error) => faults.push(String(error)));
await tab.goto(`http://127.0.0.1:${server.addr.port}/`);
await tab.waitForFunction(() => document.title === "done", null, { timeout: 60_000 }).catch(() => {});
console.log(JSON.stringify({ logged, faults }));
await browser.close();
await server.shutdown();
