import assert from "node:assert/strict";
import { join } from "node:path";
import { clean, type CleanHost } from "../../lib/cli/clean.ts";
import { inTempFolder, write } from "../_fixtures.ts";

async function inCaches(
  use: (
    run: (args: string[], ask?: CleanHost["ask"]) => Promise<{ status: number; said: string }>,
    has: (path: string) => Promise<boolean>,
  ) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (folder) => {
    await write(join(folder, ".plateau/pixels/a.bin"), new Uint8Array(2_500_000));
    await write(join(folder, ".plateau/store/deep/b"), new Uint8Array(1200));
    await write(join(folder, "reports/index.html"), "x");
    await write(join(folder, "mine.txt"), "x");
    await use(async (args, ask = null) => {
      const said: string[] = [];
      const status = await clean(args, {
        folders: [join(folder, ".plateau"), join(folder, "reports")],
        ask,
        print: (text) => said.push(text),
        printError: (text) => said.push(text),
      });
      return { status, said: said.join("\n") };
    }, (path) => Deno.stat(join(folder, path)).then(() => true, () => false));
  });
}

Deno.test("clean says what there is, how large and what it is for, the largest first, and removes nothing unasked", () =>
  inCaches(async (run, has) => {
    const { status, said } = await run([]);
    assert.equal(status, 0);
    assert.match(
      said,
      /^ +2\.5 MB {2}\.plateau\/pixels \(1 file\): decoded images.*\n +1\.2 kB {2}\.plateau\/store .*\n +1 B {2}reports/,
    );
    assert.match(said, /deno task clean --yes/);
    assert.ok(await has(".plateau/pixels/a.bin"));
  }));

Deno.test("clean --yes removes it, and nothing else; then there is nothing to remove", () =>
  inCaches(async (run, has) => {
    const { status, said } = await run(["--yes"]);
    assert.equal(status, 0);
    assert.match(said, /Removed 2\.5 MB\.$/);
    assert.deepEqual(await Promise.all([".plateau/pixels", "reports", "mine.txt"].map(has)), [false, false, true]);
    assert.equal((await run(["--yes"])).said, "There is nothing to remove.");
  }));

Deno.test("clean keeps people's answers until it is told otherwise", () =>
  inTempFolder(async (folder) => {
    const answers = join(folder, ".plateau/answers/k/ada.json");
    await write(answers, "{}");
    const said: string[] = [];
    const run = (...args: string[]) =>
      clean(args, { folders: [join(folder, ".plateau")], ask: null, print: (text) => said.push(text) });
    await run("--yes");
    assert.match(
      said.join("\n"),
      /Answers of people are kept; --answers removes them too\.\nThere is nothing to remove/,
    );
    assert.ok((await Deno.stat(answers)).isFile);
    await run("--yes", "--answers");
    await assert.rejects(Deno.stat(answers));
  }));

Deno.test("clean asks first, and takes only a yes for one", () =>
  inCaches(async (run, has) => {
    for (const answer of [null, "", "n", "yesterday"]) {
      assert.match((await run([], () => answer)).said, /Nothing was removed\.$/);
    }
    assert.ok(await has("reports/index.html"));
    await run([], () => " Y ");
    assert.ok(!await has("reports/index.html"));
  }));

Deno.test("clean refuses what it does not know with status 2", () =>
  inCaches(async (run, has) => {
    const { status, said } = await run(["--all"]);
    assert.equal(status, 2);
    assert.match(said, /Unknown option '--all'/);
    assert.ok(await has("reports/index.html"));
  }));
