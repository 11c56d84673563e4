import assert from "node:assert/strict";
import { thinned } from "../../lib/selftest/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { hashes, withClean } from "./_copies.ts";

Deno.test("writeDraft() copies a data set image by image, with its seal, and leaves the original alone", () =>
  withClean(async (clean, draft, copy, folder) => {
    const before = await Array.fromAsync(Deno.readDir(`${folder}/ant`));
    const same = await copy(draft);
    assert.deepEqual(same.classes, clean.classes);
    assert.deepEqual(hashes(same, "development"), hashes(clean, "development"));
    assert.deepEqual(hashes(same, "test"), hashes(clean, "test"));
    assert.equal(same.test.source, "folder");
    assert.deepEqual(same.records.map(({ hash }) => hash).sort(), clean.records.map(({ hash }) => hash).sort());
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${folder}/ant`)), before);
  }));

Deno.test("writeDraft() writes groups, and class names that no folder can have", () =>
  withClean(async (_clean, draft, copy) => {
    const images = draft.images.map((image, i) => ({
      ...image,
      label: image.label === "ant" ? "a/b" : image.label,
      group: `thing, ${i % 40}`,
      part: "train" as const,
    }));
    const other = await copy({ classes: ["a/b", "bee", "cat"], grouped: true, images });
    assert.deepEqual(other.classes, ["a-b", "bee", "cat"]);
    assert.ok(other.grouped);
    assert.equal(new Set(other.records.map(({ group }) => group)).size, 40);
  }));

Deno.test("thinned() leaves out whole groups, evenly over classes and parts, and small data alone", () =>
  withClean((_clean, draft) => {
    const random = () => new Random(1);
    assert.equal(thinned(draft, 90, random()), draft);
    const grouped = {
      ...draft,
      images: draft.images.map((image, i) => ({ ...image, group: `${image.label}/${i >> 1}` })),
    };
    const few = thinned(grouped, 60, random());
    const kept = new Set(few.images.map(({ group }) => group));
    assert.ok(few.images.length >= 55 && few.images.length <= 70, `${few.images.length}`);
    assert.equal(grouped.images.filter(({ group }) => kept.has(group)).length, few.images.length);
    const places = Map.groupBy(few.images, ({ part, label }) => `${part}/${label}`);
    assert.equal(places.size, 6);
    for (const [place, images] of places) if (place.startsWith("train")) assert.ok(images.length >= 12, place);
    return Promise.resolve();
  }));
