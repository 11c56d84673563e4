import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { audit, imageGrid, open } from "../../lib/dataset/mod.ts";
import { jupyterDisplay, type MimeBundle, RECORD_MIME, type ResultRecord } from "../../lib/display/mod.ts";
import { imageFolder, inTempFolder, picture, write } from "../_fixtures.ts";

const shown = (value: { [jupyterDisplay](): MimeBundle | Promise<MimeBundle> }) =>
  value[jupyterDisplay]() as Record<string, string>;

Deno.test("data set, description, audit and grid show themselves with every name escaped", () =>
  inTempFolder(async (folder) => {
    const root = join(folder, "<img src=x onerror=alert(1)>");
    await imageFolder(root, { "<script>alert(1)<": 6, "b": 6 });
    await write(join(root, "b/<i>.jpg"), "text");
    const images = await open(root, { size: 8 });
    for (const value of [images, images.describe(), await audit(images), await imageGrid(images, { perClass: 2 })]) {
      const bundle = shown(value);
      assert.ok(bundle["text/plain"].length > 20);
      assert.doesNotMatch(bundle["text/html"].replace(/<style>.*?<\/style>/gs, ""), /<script|<i>|<img src=x/);
    }
    assert.match(shown(images.describe())["text/html"], /&lt;script&gt;/);
    assert.match(Deno.inspect(images), /Training and validation/);
  }));

Deno.test("a data set's record holds its figures", () =>
  inTempFolder(async (folder) => {
    const images = await open(await imageFolder(folder, { a: 10, b: 5 }), { size: 8 });
    const record = images[jupyterDisplay]()[RECORD_MIME] as ResultRecord;
    assert.deepEqual(record.figures!.map(({ id, value }) => [id, value]), [
      ["dataset.classes", 2],
      ["dataset.development", 12],
      ["dataset.test", 3],
      ["dataset.skipped", 0],
    ]);
  }));

Deno.test("imageGrid() shows development images only, as small JPEGs without metadata, distinct groups first", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 10, b: 10 });
    const tagged = await sharp(await picture({ seed: "t" })).withMetadata({ orientation: 3 }).jpeg().toBuffer();
    for (let i = 0; i < 10; i++) await write(join(folder, `a/${i}.png`), new Uint8Array(tagged));
    const rows = ["a", "b"].flatMap((c) => [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `${c}/${i}.png,${c}${i >> 2}`));
    await write(join(folder, "groups.csv"), ["file_name,group", ...rows].join("\n"));
    const images = await open(folder, { size: 8 });
    const { rows: grid } = (await imageGrid(images, { perClass: 3, seed: 2 })).content;
    assert.deepEqual(grid.map((row) => [row.label, row.images.length]), [["a", 3], ["b", 3]]);
    const byPath = new Map(images.records.map((record, i) => [`${images.classes[record.label]}: ${record.path}`, i]));
    for (const row of grid) {
      const indices = row.images.map(({ alt }) => byPath.get(alt)!);
      assert.ok(indices.every((i) => images.development.includes(i)));
      const groups = new Set(
        images.development.filter((i) => images.classes[images.records[i].label] === row.label)
          .map((i) => images.records[i].group),
      );
      assert.equal(new Set(indices.map((i) => images.records[i].group)).size, Math.min(3, groups.size));
      const { format, exif, width } = await sharp(row.images[0].src).metadata();
      assert.deepEqual([format, exif, width], ["jpeg", undefined, 128]);
    }
    const again = (await imageGrid(images, { perClass: 3, seed: 2 })).content;
    assert.deepEqual(
      again.rows.map((row) => row.images.map(({ alt }) => alt)),
      grid.map((row) => row.images.map(({ alt }) => alt)),
    );
  }));
