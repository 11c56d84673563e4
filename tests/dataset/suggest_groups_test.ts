import assert from "node:assert/strict";
import { join } from "node:path";
import { open, suggestGroups } from "../../lib/dataset/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { inTempFolder, write } from "../_fixtures.ts";
import { type Painting, paintings } from "../_paintings.ts";

/** One light per group of ten images, strong enough that pictures taken in it look alike. */
function lit({ pixels }: Painting, group: number | string): void {
  const random = new Random(`light ${group}`);
  const light = [0, 1, 2].map(() => 0.35 + 0.65 * random.next());
  for (let at = 0; at < pixels.length; at++) pixels[at] = Math.round(pixels[at] * light[at % 3]);
}

/** Ten people, each with five images of each class. */
const personOf = ({ part, index }: Painting) => `${part}${Math.floor(index / 5)}`;

Deno.test("suggestGroups() believes a part of the file name that the pictures bear out", () =>
  inTempFolder(async (folder) => {
    await paintings(folder, {
      spoil: (painting) => lit(painting, personOf(painting)),
      name: (painting) => `${personOf(painting)}_${painting.index % 5}`,
    });
    const suggested = await suggestGroups(await open(folder));
    assert.equal(suggested.chosen?.words, "the name up to the first “_”");
    assert.ok(suggested.chosen.closer > 0.7, `${suggested.chosen.closer}`);
    assert.equal(suggested.groups, 14);
    assert.equal(suggested.rows.length, 210);
    assert.match(suggested.csv(), /^file_name,group\ntest\/box\/test0_0\.png,test0\n/);
    assert.match(suggested.text(), /14 groups with together 210 of 210 images/);
  }));

Deno.test("suggestGroups() finds runs of numbers that go through all classes, and cuts them where the scene changes", () =>
  inTempFolder(async (folder) => {
    const number = ({ label, index, part }: Painting) => 2000 + (part === "test" ? 5000 : 0) + 3 * index + label;
    await paintings(folder, {
      spoil: (painting) => lit(painting, personOf(painting)),
      name: (painting) => `IMG_${number(painting)}`,
    });
    const suggested = await suggestGroups(await open(folder));
    assert.equal(suggested.chosen?.words, "a run of numbers in the file names");
    assert.ok(suggested.groups > 8, `${suggested.groups}`);
  }));

for (const seed of [1, 2, 3]) {
  Deno.test(`suggestGroups() believes no pattern that pictures do not bear out (seed ${seed})`, () =>
    inTempFolder(async (folder) => {
      await paintings(folder, { seed, name: ({ index }) => `p${index % 9}_${index}` });
      const suggested = await suggestGroups(await open(folder));
      assert.equal(suggested.chosen, null);
      assert.deepEqual(suggested.rows, []);
      assert.ok(suggested.patterns.length > 0);
    }));
}

Deno.test("suggestGroups() puts near-duplicates together, and its file is a group file", () =>
  inTempFolder(async (folder) => {
    // Every image of the first class has a slightly darker twin in the same class.
    await paintings(folder, { train: 16, test: 8 });
    for (let i = 0; i < 10; i++) {
      const bytes = await Deno.readFile(join(folder, `train/disc/${i}.png`));
      const { default: sharp } = await import("sharp");
      await write(
        join(folder, `train/disc/x, "${i}".png`),
        new Uint8Array(await sharp(bytes).linear(0.8, 0).png().toBuffer()),
      );
    }
    const suggested = await suggestGroups(await open(folder));
    assert.equal(suggested.nearSets, 10);
    assert.equal(suggested.rows.length, 20);
    await Deno.writeTextFile(join(folder, "groups.csv"), suggested.csv());
    const images = await open(folder);
    assert.ok(images.grouped);
    const group = (path: string) => images.records.find((record) => record.path === path)!.group;
    assert.equal(group(`train/disc/x, "3".png`), group("train/disc/3.png"));
    assert.notEqual(group("train/disc/3.png"), group("train/disc/4.png"));
  }));
