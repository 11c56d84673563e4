import assert from "node:assert/strict";
import { join } from "node:path";
import { groups } from "../../lib/cli/groups.ts";
import { open } from "../../lib/dataset/mod.ts";
import { inTempFolder } from "../_fixtures.ts";
import { paintings } from "../_paintings.ts";

/** What a command says and how it ends. */
async function run(...args: string[]): Promise<{ status: number; said: string }> {
  const { log, error } = console;
  const lines: string[] = [];
  console.log = console.error = (...parts: unknown[]) => lines.push(parts.join(" "));
  try {
    return { status: await groups(args), said: lines.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}

Deno.test("deno task groups writes a group file that opens, and never overwrites one", () =>
  inTempFolder(async (folder) => {
    const images = await paintings(join(folder, "images"), { train: 16, test: 8 });
    for (let i = 0; i < 6; i++) {
      const sharp = (await import("sharp")).default;
      const bytes = await sharp(await Deno.readFile(join(images, `train/disc/${i}.png`))).jpeg({ quality: 40 })
        .toBuffer();
      await Deno.writeFile(join(images, `train/disc/again${i}.jpg`), new Uint8Array(bytes));
    }
    const out = join(images, "groups.csv");
    const first = await run("--data", images, "--out", out);
    assert.equal(first.status, 0);
    assert.match(first.said, /Suggested: 6 groups with together 12 of 78 images/);
    assert.match(first.said, /put it into .* as groups\.csv/);
    const opened = await open(images);
    assert.ok(opened.grouped);
    assert.equal(new Set(opened.records.map(({ group }) => group)).size, 72);
    const before = await Deno.readTextFile(out);
    const second = await run("--data", images, "--out", out);
    assert.equal(second.status, 1);
    assert.match(second.said, /it is there already/);
    assert.equal(await Deno.readTextFile(out), before);
  }));

Deno.test("deno task groups writes nothing where nothing is suggested, and says so", () =>
  inTempFolder(async (folder) => {
    const images = await paintings(join(folder, "images"), { train: 16, test: 8 });
    const out = join(folder, "out.csv");
    const { status, said } = await run("--data", images, "--out", out);
    assert.equal(status, 0);
    assert.match(said, /Neither file names nor pictures suggest groups/);
    assert.equal(await Deno.stat(out).catch(() => null), null);
  }));

Deno.test("deno task groups says what is wrong with its arguments", async () => {
  assert.equal((await run("--nonsense")).status, 2);
  assert.equal((await run("--seed", "x")).status, 2);
  assert.match((await run("--help")).said, /deno task groups \[--data DIR\]/);
});
