import assert from "node:assert/strict";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { audit, duplicateGrid, LOOK, LOOK_LENGTH, open } from "../../lib/dataset/mod.ts";
import { nearPairs } from "../../lib/dataset/near/near_duplicates.ts";
import { Random } from "../../lib/stats/mod.ts";
import { inTempFolder } from "../_fixtures.ts";
import { paintings } from "../_paintings.ts";

/** Ways in which a copy differs from its original. */
const COPIES: Record<string, (image: Sharp) => Sharp> = {
  "of low quality": (image) => image.jpeg({ quality: 20 }),
  "half as large": (image) => image.resize(32).png(),
  "three times as large": (image) => image.resize(192).jpeg(),
  "cut at all sides": (image) => image.extract({ left: 2, top: 2, width: 60, height: 60 }).png(),
  "cut at one corner": (image) => image.extract({ left: 0, top: 3, width: 61, height: 61 }).png(),
  "darker": (image) => image.linear(0.7, 0).png(),
  "mirrored": (image) => image.flop().png(),
};

Deno.test("audit() finds copies that were encoded, scaled, cut, darkened or mirrored, and only them", () =>
  inTempFolder(async (folder) => {
    await paintings(folder, { train: 20, test: 10 });
    const copies: string[] = [];
    for (const [i, [name, change]] of Object.entries(COPIES).entries()) {
      const copy = `train/disc/copy ${name}.png`;
      const original = sharp(await Deno.readFile(join(folder, `train/disc/${i}.png`)));
      await Deno.writeFile(join(folder, copy), new Uint8Array(await change(original).toBuffer()));
      copies.push([copy, `train/disc/${i}.png`].sort().join(", "));
    }
    const { nearDuplicates, duplicates } = await audit(await open(folder));
    assert.deepEqual(nearDuplicates.sameClass.map(({ paths }) => [...paths].sort().join(", ")).sort(), copies.sort());
    assert.ok(nearDuplicates.sameClass.filter(({ identical }) => identical).length >= 5);
    assert.deepEqual([nearDuplicates.acrossClasses, nearDuplicates.developmentAndTest], [[], []]);
    assert.deepEqual(duplicates.sameClass, []);
  }));

for (const seed of [1, 2, 3]) {
  Deno.test(`audit() sees no near-duplicates among different paintings (seed ${seed})`, () =>
    inTempFolder(async (folder) => {
      const { nearDuplicates } = await audit(await open(await paintings(folder, { seed })));
      assert.deepEqual(Object.values(nearDuplicates).flat(), []);
    }));
}

Deno.test("nearPairs() tells plain icons on white apart, though their hashes collide", async () => {
  const random = new Random("icons");
  const n = 80;
  const looks = new Uint8Array(n * LOOK_LENGTH).fill(255);
  for (let i = 0; i < n; i++) {
    // A disc in the middle, like its neighbours', with a mark of its own on it.
    const colour = [0, 1, 2].map(() => random.integer(200)), mark = [0, 1, 2].map(() => random.integer(256));
    const angle = 2 * Math.PI * random.next(), wide = 2 + 4 * random.next();
    for (let p = 0; p < LOOK * LOOK; p++) {
      const x = p % LOOK - 15.5, y = Math.floor(p / LOOK) - 15.5;
      if (x * x + y * y > 150) continue;
      const across = Math.abs(x * Math.cos(angle) + y * Math.sin(angle));
      for (let c = 0; c < 3; c++) looks[i * LOOK_LENGTH + 3 * p + c] = across < wide ? mark[c] : colour[c];
    }
  }
  const pairs = await nearPairs(looks);
  assert.deepEqual(pairs.filter(({ identical }) => identical), []);
  assert.ok(pairs.length <= 3, `${pairs.length} of ${n * (n - 1) / 2} pairs`);
});

Deno.test("nearPairs() connects many copies of one picture without naming every pair", async () => {
  const random = new Random("burst");
  const looks = new Uint8Array(300 * LOOK_LENGTH);
  const base = Uint8Array.from({ length: LOOK_LENGTH }, (_, at) => 40 + 150 * Number((at >> 4) % 7 < 3));
  for (let at = 0; at < looks.length; at++) looks[at] = base[at % LOOK_LENGTH] + random.integer(12);
  const pairs = await nearPairs(looks);
  assert.equal(pairs.length, 299);
});

Deno.test("audit() takes an embedding, and refuses one that does not fit", () =>
  inTempFolder(async (folder) => {
    const images = await open(await paintings(folder, { train: 12, test: 6 }));
    const random = new Random("embedding");
    const values = Float32Array.from({ length: images.records.length * 32 }, () => random.normal());
    // Images 3 and 20 are alike to the network, whatever their pixels.
    for (let k = 0; k < 32; k++) values[20 * 32 + k] = values[3 * 32 + k] + 0.05 * random.normal();
    const { source } = await audit(images, { embedding: { name: "net", values } });
    assert.deepEqual(source.nearPairs.map((pair) => [pair.images, pair.by, pair.identical]), [[[3, 20], "net", false]]);
    await assert.rejects(
      audit(images, { embedding: { name: "net", values: values.slice(1) } }),
      /Cannot compare images by net: it must have a row for each of the 54 images/,
    );
  }));

Deno.test("duplicateGrid() shows pairs side by side, and no sealed image", () =>
  inTempFolder(async (folder) => {
    await paintings(folder, { train: 12, test: 6 });
    const jpeg = async (from: string, to: string) => {
      const bytes = await sharp(await Deno.readFile(join(folder, from))).jpeg({ quality: 30 }).toBuffer();
      await Deno.writeFile(join(folder, to), new Uint8Array(bytes));
    };
    await jpeg("train/disc/0.png", "train/box/other.jpg");
    await jpeg("train/disc/1.png", "test/disc/sealed.jpg");
    const checked = await audit(await open(folder));
    assert.equal(checked.nearDuplicates.developmentAndTest.length, 1);
    const { content } = await duplicateGrid(checked);
    assert.deepEqual(content.rows.map(({ images }) => images.map(({ alt }) => alt)), [
      ["box: train/box/other.jpg", "disc: train/disc/0.png"],
    ]);
    assert.match(content.title, /1 with a copy in the sealed test set is named in the audit, not shown/);
    assert.match(checked.text(), /test\/disc\/sealed\.jpg/);
  }));
