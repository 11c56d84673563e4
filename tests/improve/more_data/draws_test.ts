import assert from "node:assert/strict";
import { drawPart } from "../../../lib/improve/more_data/_draws.ts";
import { syntheticImages } from "./_synthetic.ts";

const images = syntheticImages({ groups: 20, each: 3 });
const items = images.development;
const groupsOf = (part: readonly number[]) => new Set(part.map((i) => images.records[i].group));

Deno.test("drawPart() takes whole groups, the same share of each class, and larger parts hold smaller ones", () => {
  let before: number[] = [];
  for (const share of [0.05, 0.125, 0.3, 0.5, 0.7, 1]) {
    const part = drawPart(images, items, share, 1);
    for (const label of [0, 1, 2]) {
      const n = part.filter((i) => images.records[i].label === label).length;
      assert.ok(n > 0 && Math.abs(n - share * 60) <= 1.5, `${n} for ${share}`);
    }
    assert.equal(part.length, 3 * groupsOf(part).size);
    assert.ok(before.every((i) => part.includes(i)));
    assert.deepEqual(part, part.toSorted((a, b) => a - b));
    before = part;
  }
  assert.deepEqual(before, [...items]);
});

Deno.test("drawPart() draws by seed", () => {
  assert.deepEqual(drawPart(images, items, 0.3, 1), drawPart(images, items, 0.3, 1));
  assert.notDeepEqual(drawPart(images, items, 0.3, 1), drawPart(images, items, 0.3, 2));
});

Deno.test('drawPart() with fewer "images" keeps as many groups as it can', () => {
  const half = drawPart(images, items, 0.5, 1, "images");
  assert.equal(half.length, 90);
  assert.equal(groupsOf(half).size, 60);
  const tenth = drawPart(images, items, 0.1, 1, "images");
  assert.equal(groupsOf(tenth).size, tenth.length);
});
