import assert from "node:assert/strict";
import { join } from "node:path";
import { type Dataset, open } from "../../lib/dataset/mod.ts";
import { imageFolder, inTempFolder, picture, write } from "../_fixtures.ts";

const sealedIndices = (images: Dataset) => [...images.records.keys()].filter((i) => !images.development.includes(i));

Deno.test("the sealed test set gives neither pixels nor labels nor thumbnails", () =>
  inTempFolder(async (folder) => {
    const images = await open(await imageFolder(folder, { a: 10, b: 10 }), { size: 8 });
    const [index] = sealedIndices(images);
    await assert.rejects(images.pixels([images.development[0], index]), { name: "SealedError" });
    assert.throws(() => images.labels([index]), { name: "SealedError" });
    await assert.rejects(images.thumbnail(index, 16), { name: "SealedError" });
    for (const { train, validation } of [...images.folds(4), images.holdOut()]) {
      assert.ok([...train, ...validation].every((i) => images.development.includes(i)));
    }
    await assert.rejects(images.pixels([99]), /Cannot read image 99/);
  }));

Deno.test("test.open() for an audit gives pixels but no labels, for the verdict both, and unlocks nothing else", () =>
  inTempFolder(async (folder) => {
    const images = await open(await imageFolder(folder, { a: 10, b: 10 }), { size: 8 });
    const audited = await images.test.open("audit", "test");
    assert.deepEqual(audited, sealedIndices(images));
    assert.equal((await images.pixels(audited)).length, 4 * 8 * 8 * 3);
    assert.equal((await images.pixels(audited.slice(1), { opened: audited })).length, 3 * 8 * 8 * 3);
    assert.throws(() => images.labels(audited), /an audit of the sealed test set sees no labels/);
    await assert.rejects(images.pixels([...audited]), { name: "SealedError" });
    const verdict = await images.test.open("verdict", "test");
    assert.equal(images.labels(verdict).length, 4);
    assert.equal(images.labels([verdict[0]], { opened: verdict }).length, 1);
    assert.throws(() => images.labels([verdict[0]]), { name: "SealedError" });
  }));

Deno.test("the ledger keeps every read across sessions, and follows the images when their folder moves", () =>
  inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { "train/a": 4, "train/b": 4, "test/a": 2, "test/b": 2 });
    const images = await open(root, { size: 8 });
    assert.deepEqual(images.test.ledger(), []);
    await images.test.open("audit", "first");
    await images.test.open("verdict", "second\nline");
    await Deno.rename(root, join(folder, "moved"));
    const ledger = (await open(join(folder, "moved"), { size: 16 })).test.ledger();
    assert.deepEqual(ledger.map(({ kind, reason, n }) => [kind, reason, n]), [
      ["audit", "first", 4],
      ["verdict", "second\nline", 4],
    ]);
    assert.ok(ledger.every(({ at }) => Math.abs(Date.parse(at) - Date.now()) < 60_000 && at.endsWith("Z")));
    // Another test image is another test set.
    await write(join(folder, "moved/test/a/new.png"), await picture({ seed: "new" }));
    assert.deepEqual((await open(join(folder, "moved"), { size: 8 })).test.ledger(), []);
  }));

Deno.test("a test set drawn by seed takes whole groups, a fifth of each class, and repeats", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 20, b: 40 });
    const rows = ["a", "b"].flatMap((name) =>
      Array.from({ length: name === "a" ? 20 : 40 }, (_, i) => `${name}/${i}.png,${name}${i >> 1}`)
    );
    await write(join(folder, "groups.csv"), ["file_name,group", ...rows].join("\n"));
    const images = await open(folder, { size: 8, seed: 3 });
    assert.deepEqual(images.imagesPerClass(), [16, 32]);
    const developed = new Set(images.development.map((i) => images.records[i].group));
    assert.ok(sealedIndices(images).every((i) => !developed.has(images.records[i].group)));
    assert.equal(images.test.groups, 6);
    const again = await open(folder, { size: 8, seed: 3 });
    assert.deepEqual(again.development, images.development);
    assert.equal(again.fingerprint, images.fingerprint);
    assert.notDeepEqual((await open(folder, { size: 8, seed: 4 })).development, images.development);
    assert.deepEqual((await open(folder, { size: 8, testShare: 0.5 })).imagesPerClass(), [10, 20]);
  }));

Deno.test("the fingerprint follows development content and size; test images and file names leave it alone", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { "train/a": 4, "train/b": 4, "test/a": 2, "test/b": 2 });
    const before = (await open(folder, { size: 8 })).fingerprint;
    assert.match(before, /^[0-9a-f]{64}$/);
    await write(join(folder, "test/a/9.png"), await picture({ seed: "more" }));
    await Deno.rename(join(folder, "train/a/0.png"), join(folder, "train/a/00.png"));
    assert.equal((await open(folder, { size: 8 })).fingerprint, before);
    assert.notEqual((await open(folder, { size: 9 })).fingerprint, before);
    await write(join(folder, "train/a/00.png"), await picture({ seed: "changed" }));
    assert.notEqual((await open(folder, { size: 8 })).fingerprint, before);
  }));
