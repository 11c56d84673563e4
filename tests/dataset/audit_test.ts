import assert from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import { audit, open } from "../../lib/dataset/mod.ts";
import { imageFolder, inTempFolder, picture, write } from "../_fixtures.ts";

Deno.test("audit() counts classes, formats and skipped files, and enters its read into the ledger", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { "train/a": 9, "train/b": 3, "test/a": 2, "test/b": 1 });
    await write(join(folder, "train/b/x.jpg"), await picture({ seed: "jpeg", format: "jpeg" }));
    await write(join(folder, "train/b/y.jpg"), "text");
    const images = await open(folder, { size: 8 });
    const facts = await audit(images);
    assert.deepEqual(facts.counts, { classes: ["a", "b"], development: [9, 4], sealed: [2, 1] });
    assert.equal(facts.imbalance, 9 / 4);
    assert.deepEqual(facts.formats, [{ format: "png", n: 15 }, { format: "jpeg", n: 1 }]);
    assert.deepEqual(facts.skipped.map(({ path }) => path), ["train/b/y.jpg"]);
    assert.deepEqual(facts.ledger.map(({ kind, n }) => [kind, n]), [["audit", 3]]);
    assert.deepEqual(images.test.ledger(), facts.ledger);
  }));

Deno.test("audit() finds the same file and the same pixels: in a class, across classes, parts and the seal", () =>
  inTempFolder(async (folder) => {
    const folders = { "train/a": 4, "train/b": 4, "val/a": 2, "val/b": 2, "test/a": 2, "test/b": 2 };
    await imageFolder(folder, folders);
    assert.deepEqual(Object.values((await audit(await open(folder, { size: 8 }))).duplicates), [[], [], [], []]);
    const copy = (from: string, to: string) => Deno.copyFile(join(folder, from), join(folder, to));
    await copy("train/a/0.png", "train/a/copy.png");
    await copy("train/a/1.png", "train/b/copy.png");
    await copy("train/a/2.png", "val/a/copy.png");
    const stored = await Deno.readFile(join(folder, "train/b/3.png"));
    await write(
      join(folder, "test/b/other.png"),
      new Uint8Array(await sharp(stored).png({ palette: false }).toBuffer()),
    );
    const { duplicates } = await audit(await open(folder, { size: 8 }));
    const a0 = { paths: ["train/a/0.png", "train/a/copy.png"], classes: ["a"], same: "file" };
    const a1 = { paths: ["train/a/1.png", "train/b/copy.png"], classes: ["a", "b"], same: "file" };
    const a2 = { paths: ["train/a/2.png", "val/a/copy.png"], classes: ["a"], same: "file" };
    const recoded = duplicates.developmentAndTest[0];
    assert.deepEqual(recoded.paths, ["test/b/other.png", "train/b/3.png"]);
    assert.deepEqual(duplicates, {
      sameClass: [recoded, a0, a2].sort((x, y) => x.paths[0] < y.paths[0] ? -1 : 1),
      acrossClasses: [a1],
      developmentAndTest: [recoded],
      trainAndValidation: [a2],
    });
  }));

Deno.test("audit() tells pictures that were encoded anew from identical files", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 5, b: 5 });
    const bytes = await Deno.readFile(join(folder, "a/0.png"));
    await write(
      join(folder, "a/again.tif"),
      new Uint8Array(await sharp(bytes).tiff({ compression: "lzw" }).toBuffer()),
    );
    const { sameClass } = (await audit(await open(folder, { size: 8 }))).duplicates;
    assert.deepEqual(sameClass, [{ paths: ["a/0.png", "a/again.tif"], classes: ["a"], same: "pixels" }]);
  }));

Deno.test("audit() names images of odd shape and size", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 8, b: 8 });
    const odd = { wide: [120, 30], high: [20, 60], tiny: [10, 8], huge: [400, 300] };
    for (const [name, [width, height]] of Object.entries(odd)) {
      await write(join(folder, `a/${name}.png`), await picture({ seed: name, width, height }));
    }
    const { sizes } = await audit(await open(folder, { size: 16 }));
    assert.deepEqual(Object.fromEntries(sizes.odd.map(({ path, why }) => [path.slice(2, -4), why])), {
      wide: "more than twice as wide for its height as most",
      high: "more than twice as high for its width as most",
      tiny: "smaller than 16 pixels, so it is enlarged",
      huge: "more than four times as large as most",
    });
    assert.deepEqual(sizes.width, { min: 10, median: 40, max: 400 });
    assert.equal(sizes.aspect.median, 4 / 3);
  }));

Deno.test("audit() counts groups, those of several classes, and those on both sides of the seal", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { p: 10 });
    const rows = Array.from(
      { length: 10 },
      (_, i) =>
        `p/${i}.png,${i % 2 ? "a" : "b"},${i < 3 ? "ann" : i < 5 ? "bob" : `solo ${i}`},${i < 4 ? "test" : "train"}`,
    );
    await write(join(folder, "metadata.csv"), ["file_name,label,group,split", ...rows].join("\n"));
    const { groups } = await audit(await open(folder, { size: 8 }));
    assert.deepEqual(groups, {
      known: true,
      n: 7,
      sizes: { min: 1, median: 1, max: 3 },
      spanning: [{ group: "bob", development: 1, sealed: 1 }],
      acrossClasses: 2,
    });
  }));

Deno.test("audit() measures colour and brightness of development and test set", () =>
  inTempFolder(async (folder) => {
    for (const [part, background] of [["train", "#ff0000"], ["test", "#0000ff"]]) {
      for (const name of ["a", "b"]) {
        for (const grey of [0, 1, 2]) {
          const image = sharp({ create: { width: 9 + grey, height: 9, channels: 3, background } });
          await write(join(folder, part, name, `${grey}.png`), new Uint8Array(await image.png().toBuffer()));
        }
      }
    }
    const { colour } = await audit(await open(folder, { size: 4 }));
    assert.deepEqual(colour.development, { n: 6, red: 255, green: 0, blue: 0, brightness: 85, brightnessSd: 0 });
    assert.deepEqual(colour.sealed, { n: 6, red: 0, green: 0, blue: 255, brightness: 85, brightnessSd: 0 });
  }));
