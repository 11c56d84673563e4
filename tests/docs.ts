/**
 * Every command of the README and of `docs/`, run as it is written on small data: `deno task test:docs`. It takes some
 * minutes, so it is no part of `deno task test`.
 *
 * They run in a copy of the project without its caches, as after a fresh clone, in the order of the pages, each once.
 * What a reader would have of their own (`path/to/folder`, `my_model.ts`, …) is there by that name, and small; limits are
 * put on what would take long (`docs/_rules.ts`). What needs a program that is missing is skipped, by name. A command
 * that no rule knows fails, and so does a link that leads nowhere.
 */
import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";
import { projectRoot } from "../lib/files/mod.ts";
import { anchorsOf, codeBlocks, commandsOf, type DocCommand, localLinks } from "./docs/_commands.ts";
import { makeReadersFiles } from "./docs/_readers_files.ts";
import { asTyped, type Plan, planOf, tensorflowFolder } from "./docs/_rules.ts";
import { tinyOnnx } from "./model/_tiny_onnx.ts";
import { type FakeHub, fakeHub } from "./hub/_hub.ts";

/** No command on small data takes longer. */
const MOST_MINUTES = 4;

const root = projectRoot();
const pages = new Map<string, string>();
for (const page of ["README.md", ...await docs()]) pages.set(page, await Deno.readTextFile(join(root, page)));
const { tasks } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));

const commands = [...pages].flatMap(([page, text]) => commandsOf(page, text));
const distinct = commands.filter((command, i) => {
  const typed = asTyped(command.text);
  if (commands.findIndex(({ text }) => asTyped(text) === typed) < i) return false;
  // A sentence may name a command whose arguments a block has.
  return !command.inline || !commands.some(({ text, inline }) => !inline && asTyped(text).startsWith(`${typed} `));
});
const firstReport = distinct.find(({ text }) => /task report .*--data path\/to\/folder$/.test(text));
const planned = distinct.map((command) => (
  { command, plan: planOf(command, Object.keys(tasks), command === firstReport) }
));

Deno.test("links of the pages lead to files and headings that are there", async () => {
  for (const [page, text] of pages) {
    for (const { line, path, anchor } of localLinks(text)) {
      const target = path === "" ? page : normalize(join(dirname(page), path));
      const there = await Deno.stat(join(root, target)).then(() => true, () => false);
      assert.ok(there, `${page}:${line} links to "${target}", which is not there`);
      if (anchor === "") continue;
      const headings = anchorsOf(await Deno.readTextFile(join(root, target)));
      assert.ok(headings.has(anchor), `${page}:${line} links to "#${anchor}", which "${target}" does not have`);
    }
  }
});

Deno.test("the README leads to every page of docs", () => {
  const linked = new Set(localLinks(pages.get("README.md")!).map(({ path }) => path));
  assert.deepEqual([...pages.keys()].filter((page) => page !== "README.md" && !linked.has(page)), []);
});

for (const { command: { page, line, text }, plan } of planned) {
  if (plan?.skipped) console.log(`skipped: ${text} (${page}:${line}), since ${plan.skipped}`);
}

const folder = await Deno.makeTempDir({ prefix: "plateau-docs-" });
const project = join(folder, "plateau");
let env: Record<string, string> = {}, hub: FakeHub;

Deno.test.beforeAll(async () => {
  await copyProject(project);
  Deno.env.set("PLATEAU_CACHE", join(project, ".plateau"));
  await makeReadersFiles(project, [...pages.values()]);
  hub = fakeHub("OWNER/NAME", { "onnx/model.onnx": tinyOnnx().slice() });
  env = await environment(hub.address);
});

Deno.test.afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
});

const inProject = { sanitizeOps: false, sanitizeResources: false };

for (const { command, plan } of planned) {
  const { page, line, text } = command;
  Deno.test(`${page}:${line}: ${text}`, { ...inProject, ignore: plan?.skipped !== undefined }, async () => {
    assert.ok(plan !== null, `${page}:${line}: no rule of tests/docs/_rules.ts knows how to run "${text}"`);
    await run(command, plan);
  });
}

for (const [page, text] of pages) {
  for (const { language, line, lines } of codeBlocks(text)) {
    if (language !== "ts" || lines.some((one) => one.startsWith("export default"))) continue;
    Deno.test(`${page}:${line}: the script runs`, inProject, async () => {
      await Deno.writeTextFile(join(project, "script.ts"), lines.join("\n"));
      const typed = "deno run -A script.ts";
      await run({ page, line, text: typed, inline: false }, { run: typed });
    });
  }
}

/** Runs a command in a shell, as a reader does. @throws AssertionError with page, line and the end of its output. */
async function run({ page, line, text }: DocCommand, plan: Plan): Promise<void> {
  const child = new Deno.Command("sh", {
    args: ["-c", `exec ${plan.run}`.replace(/^exec (?=[A-Z_]+=)/, "")],
    cwd: project,
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "", stopped = false;
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      output += part;
      if (plan.until?.test(output) && !stopped) {
        stopped = true;
        child.kill("SIGINT");
      }
    }
  };
  const late = setTimeout(() => child.kill("SIGKILL"), MOST_MINUTES * 60_000);
  const [{ code, signal }] = await Promise.all([child.status, read(child.stdout), read(child.stderr)]);
  clearTimeout(late);
  const what = `${page}:${line}: "${text}"${plan.run === text ? "" : `, run as "${plan.run}",`}`;
  const end = output.trim().split("\n").slice(-25).join("\n");
  if (plan.until) assert.ok(stopped, `${what} ended without printing ${plan.until}:\n${end}`);
  else assert.equal(code, 0, `${what} ended with status ${code}${signal ? ` (${signal})` : ""}:\n${end}`);
}

/** The pages below docs, sorted. */
async function docs(): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(join(root, "docs")))).map(({ name }) => name);
  return names.filter((name) => name.endsWith(".md")).sort().map((name) => `docs/${name}`);
}

/** What a clone would have: all but what is generated. */
async function copyProject(target: string): Promise<void> {
  const LEFT = new Set([".git", ".plateau", "reports", "node_modules", "coverage", "shared"]);
  await (async function copy(from: string, to: string) {
    await Deno.mkdir(to, { recursive: true });
    for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
      if (from === root && LEFT.has(name)) continue;
      if (isDirectory) await copy(join(from, name), join(to, name));
      else if (isFile) await Deno.copyFile(join(from, name), join(to, name));
    }
  })(root, target);
}

/** A home of its own, so that nothing is written to the reader's. */
async function environment(hub: string): Promise<Record<string, string>> {
  const home = join(folder, "home");
  await Deno.mkdir(home);
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: folder }).output();
  const tensorflow = tensorflowFolder();
  return {
    PATH: Deno.env.get("PATH") ?? "",
    HOME: home,
    DENO_DIR: JSON.parse(new TextDecoder().decode(stdout)).denoDir,
    PLATEAU_HUB: hub,
    JUPYTER_PATH: join(project, ".plateau", "jupyter"),
    NO_COLOR: "1",
    ...(tensorflow === null ? {} : { PLATEAU_TENSORFLOW: tensorflow }),
  };
}
