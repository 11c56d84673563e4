import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { audit, buildSample, isCurrentSample, open } from "../../lib/dataset/mod.ts";
import { checksumOf, parseRecipe, readRecipe } from "../../lib/dataset/sample/recipe.ts";
import { selectSample } from "../../lib/dataset/sample/select.ts";
import { sample } from "../../lib/cli/sample.ts";
import { inTempFolder, write } from "../_fixtures.ts";

const recipe = parseRecipe(await readRecipe());
const emojiOf = (split: string) => new Set(recipe.filter((row) => row.split === split).map(({ emoji }) => emoji));

Deno.test("the sample's recipe is what the selection gives", async () => {
  const key = (row: { class: string; emoji: string; style: string; split: string }) =>
    [row.class, row.emoji, row.style, row.split].join();
  assert.deepEqual((await selectSample()).map(key).sort(), recipe.map(key).sort());
});

Deno.test("the sample has 750 and 350 images: 47 and 22 a class, 46 and 21 in two", () => {
  const counts = new Map<string, number[]>();
  for (const row of recipe) {
    if (!counts.has(row.class)) counts.set(row.class, [0, 0]);
    if (row.split !== "reserve") counts.get(row.class)![row.split === "train" ? 0 : 1]++;
  }
  assert.equal(counts.size, 16);
  assert.deepEqual([...counts.values()].map(String).sort(), [
    ...new Array(2).fill("46,21"),
    ...new Array(14).fill("47,22"),
  ]);
});

Deno.test("no emoji of the test set is in the training part or in the reserve, nor in two classes", () => {
  const [train, test, reserve] = ["train", "test", "reserve"].map(emojiOf);
  assert.equal(test.intersection(train).size, 0);
  assert.equal(test.intersection(reserve).size, 0);
  assert.ok(reserve.difference(train).size > 0 && reserve.intersection(train).size > 0);
  assert.equal(
    new Set(recipe.map((row) => `${row.emoji} ${row.class}`)).size,
    new Set(recipe.map((row) => row.emoji)).size,
  );
  assert.equal(new Set(recipe.map((row) => row.file)).size, recipe.length);
});

Deno.test("the data card counts what the recipe holds and names every style's licence", async () => {
  const card = await Deno.readTextFile(new URL("../../data/emoji16/README.md", import.meta.url));
  const of = (split: string, name?: string) =>
    recipe.filter((row) => row.split === split && (name ?? row.class) === row.class).length;
  for (const name of new Set(recipe.map((row) => row.class))) {
    assert.ok(card.includes(`| ${name} | ${of("train", name)} | ${of("test", name)} |`), name);
  }
  assert.ok(card.includes(`${of("reserve").toLocaleString("en")} drawings`));
  const config = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  for (const style of new Set(recipe.map((row) => row.style))) {
    const version = config.imports[`@iconify-json/${style}`].split("@").at(-1);
    assert.match(
      card,
      new RegExp(`\\| \`${style}\` \\| \`@iconify-json/${style}\` ${version} \\|.*(CC BY|Apache|MIT)`),
    );
  }
});

Deno.test("the sample is built as the recipe says, pixel by pixel; open() finds its parts and groups", () =>
  inTempFolder(async (folder) => {
    let last = [0, 0];
    const target = join(folder, ".cache/sample/emoji16");
    assert.equal(await isCurrentSample(target), false);
    const built = await buildSample(target, { onProgress: (done, total) => last = [done, total] });
    assert.deepEqual(last, [1100, 1100]);
    assert.deepEqual(built, { folder: target, classes: 16, train: 750, test: 350, reserve: 1738, different: [] });
    for (const { file, checksum } of recipe.filter((row) => row.split !== "reserve").filter((_, i) => i % 50 === 0)) {
      const { data, info } = await sharp(join(target, file)).raw().toBuffer({ resolveWithObject: true });
      assert.deepEqual([info.width, info.height, info.channels], [224, 224, 3]);
      assert.equal(checksumOf(data), checksum, file);
    }
    assert.deepEqual((await Array.fromAsync(Deno.readDir(join(folder, ".cache/sample")))).map(({ name }) => name), [
      "emoji16",
    ]);

    const images = await open("", { size: 32 });
    assert.equal(images.name, "emoji16");
    assert.equal(images.classes.length, 16);
    assert.equal(images.classes[0], "air and water craft");
    assert.deepEqual([images.development.length, images.test.n, images.test.source], [750, 350, "folder"]);
    assert.equal(images.grouped, true);
    assert.equal(images.test.groups, emojiOf("test").size);
    assert.deepEqual(images.skipped, []);
    const folds = images.folds(5, { by: "group" });
    assert.ok(folds.every(({ validation }) => Math.abs(validation.length - 150) <= 3));
    const { groups, duplicates } = await audit(images);
    assert.deepEqual(groups.spanning, []);
    assert.deepEqual(duplicates.developmentAndTest, []);

    // What was built from another recipe is built again; what is somebody else's is left alone.
    await write(join(target, ".recipe"), "older");
    assert.equal(await isCurrentSample(target), false);
    await write(join(folder, "mine/thesis.txt"), "years of work");
    await assert.rejects(buildSample(join(folder, "mine")), /something else lies there/);
    await write(join(folder, "file"), "x");
    await assert.rejects(buildSample(join(folder, "file/emoji16")), { name: "FileError" });
  }));

Deno.test("deno task sample refuses unknown options and says where the sample is", () =>
  inTempFolder(async (folder) => {
    const target = join(folder, "out");
    const { error, log } = console;
    const said: string[] = [];
    console.error = console.log = (text: string) => void said.push(text);
    try {
      assert.equal(await sample(["--nonsense"]), 2);
      assert.match(said.at(-1)!, /nonsense[\s\S]*deno task sample/);
      await write(join(target, "thesis.txt"), "x");
      assert.equal(await sample(["--out", target]), 1);
      assert.match(said.at(-1)!, /^Cannot build the sample in .*something else lies there/);
    } finally {
      Object.assign(console, { error, log });
    }
  }));
