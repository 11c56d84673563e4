import assert from "node:assert/strict";
import { join } from "node:path";
import { DatasetError, open } from "../../lib/dataset/mod.ts";
import { imageFolder, inTempFolder, write } from "../_fixtures.ts";

/** Opening fails with one clear message. */
async function fails(folder: string, message: RegExp): Promise<void> {
  await assert.rejects(open(folder, { size: 8 }), (error: Error) => {
    assert.ok(error instanceof DatasetError, String(error));
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /os error|at file:|\n/);
    return true;
  });
}

Deno.test("open() says that a folder is missing", () =>
  inTempFolder((folder) => fails(join(folder, "gone"), /Cannot open ".*gone": it does not exist/)));

Deno.test("open() says that it was given a file", () =>
  inTempFolder(async (folder) => {
    await write(join(folder, "data.zip"), "x");
    await fails(join(folder, "data.zip"), /data\.zip": it is a file/);
  }));

Deno.test("open() says that a folder is empty, or holds no images", () =>
  inTempFolder(async (folder) => {
    await Deno.mkdir(join(folder, "empty"));
    await fails(join(folder, "empty"), /it is empty.*one sub-folder of images per class/);
    await write(join(folder, "texts/a.txt"), "x");
    await fails(join(folder, "texts"), /it holds no images/);
  }));

Deno.test("open() says that images lie beside each other instead of in folders of classes", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { flat: 3 });
    await fails(join(folder, "flat"), /3 images but no folder per class/);
  }));

Deno.test("open() says that there is one class, and where the classes may be", () =>
  inTempFolder(async (folder) => {
    await imageFolder(join(folder, "x"), { cats: 3 });
    await fails(join(folder, "x"), /one class, "cats", and needs at least two$/);
    await imageFolder(join(folder, "zip"), { "data/cats": 3, "data/dogs": 3 });
    await fails(join(folder, "zip"), /one class, "data".*If its sub-folders are the classes, open ".*zip.data"/);
  }));

Deno.test("open() says which class has no readable image", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 4, b: 4 });
    await write(join(folder, "hat/one.jpg"), "text");
    await write(join(folder, "hat/two.jpg"), "");
    await fails(
      folder,
      /Cannot use class "hat".*none of its 2 files can be read \(hat\/one\.jpg: a text, not an image\)/,
    );
    await Deno.remove(join(folder, "hat"), { recursive: true });
    await Deno.mkdir(join(folder, "hat"));
    await fails(folder, /Cannot use class "hat".*there is no image in it/);
  }));

Deno.test("open() says which class has too few images, how many it has and needs", () =>
  inTempFolder(async (folder) => {
    await imageFolder(join(folder, "x"), { a: 4, hat: 2 });
    await fails(join(folder, "x"), /Cannot split class "hat".*at least 3 readable images.*it has 2/);
    await imageFolder(join(folder, "y"), { "train/a": 4, "train/hat": 1, "test/a": 2, "test/hat": 2 });
    await fails(join(folder, "y"), /Cannot split class "hat".*at least 2 readable images.*it has 1/);
  }));

Deno.test("open() says which class has too few groups to seal some", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 6, hat: 6 });
    const rows = [0, 1, 2, 3, 4, 5].flatMap((i) => [`a/${i}.png,a${i}`, `hat/${i}.png,h${i % 2}`]);
    await write(join(folder, "groups.csv"), ["file_name,group", ...rows].join("\n"));
    await fails(folder, /Cannot split "hat": it needs at least 3 groups.*it has 2/);
  }));

Deno.test("open() names the file, the line and the column of wrong metadata", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { p: 4 });
    const file = join(folder, "metadata.csv");
    const cases: [string, RegExp][] = [
      ["file_name,text\np/0.png,a\n", /metadata\.csv": it needs the column "label", and has file_name, text/],
      ["file_name,label\n", /metadata\.csv" has no rows/],
      ["file_name,label\np/0.png,a\np/9.png,b\n", /line 3 of ".*metadata\.csv": the file "p\/9\.png" does not exist/],
      ["file_name,label\np/0.png,a\np/1.png,\n", /line 3 of .*label is empty/],
      ["file_name,label\np/0.png,a\np/0.png,b\n", /line 3 of .*listed on line 2 already/],
      ["file_name,label\n../../etc/passwd,a\n", /line 2 of .*lies outside/],
      ["file_name,label,split\np/0.png,a,later\n", /split is "later", it must be train, val or test/],
      ["file_name,label,split\np/0.png,a,train\np/1.png,a,\n", /split column.*empty in 1 of 2 rows/],
      ["file_name,label\np/0.png,a,b,c\n", /Cannot read ".*metadata\.csv"/],
      ["file_name,label\np/0.png,a\np/1.png,a\n", /it has one class, "a"/],
    ];
    for (const [text, message] of cases) {
      await write(file, text);
      await fails(folder, message);
    }
  }));

Deno.test("open() names the line of a group list that names no file", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 4, b: 4 });
    await write(join(folder, "groups.csv"), "file_name,group\na/0.png,x\n0.png,x\n");
    await fails(folder, /line 3 of ".*groups\.csv": the file "0\.png" does not exist/);
  }));

Deno.test("open() refuses sizes and shares that make no sense", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 4, b: 4 });
    for (const size of [0, -1, 2.5, NaN, 5000]) {
      await assert.rejects(open(folder, { size }), /whole number from 1 to 4096/);
    }
    for (const testShare of [0, 1, NaN]) {
      await assert.rejects(open(folder, { size: 8, testShare }), /must lie between 0 and 1/);
    }
  }));
