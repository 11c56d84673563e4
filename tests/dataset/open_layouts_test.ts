import assert from "node:assert/strict";
import { join } from "node:path";
import { open } from "../../lib/dataset/mod.ts";
import { imageFolder, inTempFolder, picture, write } from "../_fixtures.ts";

Deno.test("open() takes one folder per class, sorts classes and paths, and seals a fifth by seed", () =>
  inTempFolder(async (folder) => {
    const images = await open(await imageFolder(join(folder, "pets"), { dog: 10, cat: 10 }), { size: 8 });
    assert.equal(images.name, "pets");
    assert.deepEqual(images.classes, ["cat", "dog"]);
    assert.deepEqual(images.records.map(({ path }) => path), images.records.map(({ path }) => path).sort());
    assert.equal(images.records[0].path, "cat/0.png");
    assert.equal(images.records[0].label, 0);
    assert.equal(images.records[0].part, null);
    assert.equal(images.records[0].width, 40);
    assert.equal(images.grouped, false);
    assert.equal(images.records[0].group, "cat/0.png");
    assert.equal(images.test.n, 4);
    assert.equal(images.test.source, "seed");
    assert.deepEqual(images.imagesPerClass(), [8, 8]);
  }));

Deno.test("open() takes train, val and test folders, whatever people call them", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, {
      "Train/a": 4,
      "Train/b": 4,
      "valid/a": 2,
      "valid/b": 2,
      "testing/a": 3,
      "testing/b": 3,
    });
    const images = await open(folder, { size: 8 });
    assert.equal(images.test.source, "folder");
    assert.equal(images.test.n, 6);
    assert.deepEqual(images.imagesPerClass(), [6, 6]);
    const fold = images.holdOut(0.5);
    assert.deepEqual([...new Set(fold.validation.map((i) => images.records[i].part))], ["val"]);
    assert.equal(fold.validation.length, 4);
    assert.equal(fold.train.length, 8);
    // Forcing `by` draws a share of everything instead; folds use all development images.
    assert.equal(images.holdOut(0.5, { by: "image" }).validation.length, 6);
    assert.equal(images.folds(2).flatMap(({ validation }) => validation).length, 12);
  }));

Deno.test("open() takes a class called train for a class where it holds images itself", () =>
  inTempFolder(async (folder) => {
    const images = await open(await imageFolder(folder, { train: 4, car: 4 }), { size: 8 });
    assert.deepEqual(images.classes, ["car", "train"]);
  }));

Deno.test("open() refuses to guess where parts and classes lie side by side", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { "train/a": 3, "train/b": 3, "test/a": 3, "extra": 3 });
    await assert.rejects(open(folder), /Cannot tell parts from classes.*"extra" holds images/);
  }));

Deno.test("open() reads metadata.csv with groups and splits; what it doesn't list is not part of the data", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { pictures: 8 });
    const rows = [0, 1, 2, 3, 4, 5].map((i) => `pictures/${i}.png,${i % 2 ? "odd" : "even, or 0"},g${i >> 1},`);
    const quoted = rows.map((row, i) =>
      row.replace("even, or 0", '"even, or 0"') + (i > 3 ? "test" : i > 1 ? "validation" : "train")
    );
    const more = ["pictures/6.png,odd,g3,train", 'pictures/7.png,"even, or 0",g4,train'];
    await write(
      join(folder, "metadata.csv"),
      "\uFEFF" + ["file_name,label,group,split", ...quoted, ...more].join("\r\n"),
    );
    const images = await open(folder, { size: 8 });
    assert.deepEqual(images.classes, ["even, or 0", "odd"]);
    assert.equal(images.grouped, true);
    assert.deepEqual(images.records.map(({ group }) => group), ["g0", "g0", "g1", "g1", "g2", "g2", "g3", "g4"]);
    assert.equal(images.test.n, 2);
    assert.equal(images.test.groups, 1);
    assert.equal(images.holdOut().by, "group");
    assert.equal(images.holdOut().validation.length, 2);
  }));

Deno.test("open() reads a metadata.csv in each part", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { train: 4, test: 2 });
    await write(join(folder, "train/metadata.csv"), "file_name,label\n0.png,a\n1.png,b\n2.png,a\n3.png,b\n");
    await write(join(folder, "test/metadata.csv"), "file_name,label\n0.png,a\n1.png,b\n");
    const images = await open(folder, { size: 8 });
    assert.equal(images.test.n, 2);
    assert.deepEqual(images.records.map(({ path }) => path).slice(0, 2), ["test/0.png", "test/1.png"]);
  }));

Deno.test("open() takes groups.csv from the folder, or another list by name", () =>
  inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 6, b: 6 });
    const rows = ["a", "b"].flatMap((name) => [0, 1, 2, 3, 4].map((i) => `${name}/${i}.png,person ${i >> 1}`));
    await write(join(root, "groups.csv"), ["file_name,group", ...rows].join("\n"));
    const images = await open(root, { size: 8 });
    assert.equal(images.grouped, true);
    assert.equal(images.records[0].group, "person 0");
    assert.equal(images.records[5].group, "a/5.png"); // without a row: a group of its own
    await write(join(folder, "other.csv"), "file_name,group\na/0.png,x\na/1.png,x\n");
    const other = await open(root, { size: 8, groups: join(folder, "other.csv") });
    assert.deepEqual(other.records.slice(0, 3).map(({ group }) => group), ["x", "x", "a/2.png"]);
  }));

Deno.test("open() counts images in sub-folders to their class, and leaves hidden files and notes alone", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { "a": 2, "a/2023/may": 2, "b": 4, ".hidden": 2, "__MACOSX/a": 1 });
    await write(join(folder, "a/.DS_Store"), "x");
    await write(join(folder, "a/notes.txt"), "what I saw");
    await write(join(folder, "labels.csv"), "x,y\n");
    const images = await open(folder, { size: 8 });
    assert.deepEqual(images.classes, ["a", "b"]);
    assert.equal(images.records.filter(({ label }) => label === 0).length, 4);
    assert.ok(images.records.some(({ path }) => path === "a/2023/may/0.png"));
    assert.deepEqual(images.skipped, []);
    assert.deepEqual(images.others, { n: 2, examples: ["a/notes.txt", "labels.csv"] });
  }));

Deno.test("open() takes class and file names as they come: scripts, quotes, emoji, umlauts", () =>
  inTempFolder(async (folder) => {
    const names = ["<script>alert(1)<", '"it\'s" 🦆 größe', "__proto__"];
    for (const name of names) {
      for (let i = 0; i < 4; i++) {
        await write(join(folder, name, `it's "${i}" 🦆 <b>.png`), await picture({ seed: `${name}${i}` }));
      }
    }
    const images = await open(folder, { size: 8 });
    assert.deepEqual([...images.classes], [...names].sort());
    assert.equal(images.records.length, 12);
    assert.equal((await images.pixels(images.development)).length, images.development.length * 8 * 8 * 3);
    assert.equal(images.folds(2).length, 2);
  }));

Deno.test("open() follows links to files and folders, and is not caught in loops", {
  ignore: Deno.build.os === "windows",
}, () =>
  inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 3, b: 3 });
    await imageFolder(join(folder, "elsewhere"), { more: 2 });
    await Deno.symlink(join(folder, "elsewhere/more"), join(root, "a/more"));
    await Deno.symlink(join(root, "b"), join(root, "b/loop"));
    await Deno.symlink(join(root, "nowhere.png"), join(root, "b/broken.png"));
    const images = await open(root, { size: 8 });
    assert.equal(images.records.filter(({ label }) => label === 0).length, 5);
    assert.equal(images.records.filter(({ label }) => label === 1).length, 3);
    assert.deepEqual(images.skipped.map(({ path, reason }) => [path, reason]), [
      ["b/broken.png", "a link that leads nowhere"],
      ["b/loop", "a link back to a folder that contains it"],
    ]);
  }));
