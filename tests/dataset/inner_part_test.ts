import assert from "node:assert/strict";
import { FEWEST_TO_GIVE, innerPart, type Splittable } from "../../lib/dataset/split.ts";

/** `counts[k]` images of class k, in groups of `groupSize`. */
function made(counts: readonly number[], groupSize = 0): Splittable {
  const labels = counts.flatMap((n, label) => new Array<number>(n).fill(label));
  const groups = counts.flatMap((n, label) =>
    Array.from({ length: n }, (_, i) => `${label}/${Math.floor(i / Math.max(1, groupSize))}`)
  );
  return {
    items: [...labels.keys()],
    labels: Int32Array.from(labels),
    groups: groupSize > 0 ? groups : null,
    classes: counts.map((_, k) => `class ${k}`),
  };
}

const countOf = (of: Splittable, part: readonly number[], label: number) =>
  part.filter((i) => of.labels[i] === label).length;

Deno.test("innerPart() is a stratified share of the images, by seed", () => {
  const of = made([100, 40, 20]);
  const part = innerPart(of, 0.15, 1);
  assert.deepEqual([0, 1, 2].map((label) => countOf(of, part, label)), [15, 6, 3]);
  assert.deepEqual(innerPart(of, 0.15, 1), part);
  assert.notDeepEqual(innerPart(of, 0.15, 2), part);
});

Deno.test("innerPart() takes whole groups", () => {
  const of = made([60, 60], 4);
  const part = new Set(innerPart(of, 0.15, 1));
  assert.ok(part.size >= 12 && part.size <= 24, `${part.size}`);
  const split = new Set(of.items.filter((i) => part.has(i)).map((i) => of.groups![i]));
  for (const i of of.items) if (split.has(of.groups![i])) assert.ok(part.has(i));
});

Deno.test("innerPart() takes nothing of a class with fewer images, or groups, than it needs to give", () => {
  const few = made([100, FEWEST_TO_GIVE - 1, FEWEST_TO_GIVE]);
  assert.deepEqual([1, 2].map((label) => countOf(few, innerPart(few, 0.15, 1), label)), [0, 1]);
  const fewGroups = made([100, 4 * (FEWEST_TO_GIVE - 1)], 4);
  assert.equal(countOf(fewGroups, innerPart(fewGroups, 0.15, 1), 1), 0);
});

Deno.test("innerPart() is empty where all classes are too small, and never takes all of a class", () => {
  assert.deepEqual(innerPart(made([4, 3, 1]), 0.15, 1), []);
  for (let seed = 1; seed <= 20; seed++) {
    const of = made([5, 5, 7], 1);
    for (const share of [0.15, 0.5, 0.9]) {
      const part = innerPart(of, share, seed);
      for (const label of [0, 1, 2]) assert.ok(countOf(of, part, label) < countOf(of, of.items, label));
    }
  }
});

Deno.test("innerPart() leaves a group alone that also has images of a class too small to give", () => {
  const of = made([20, 2], 2);
  // Class 1's images lie in a group with two of class 0.
  const groups = of.groups!.map((group, i) => of.labels[i] === 1 || i < 2 ? "mixed" : group);
  for (let seed = 1; seed <= 10; seed++) {
    const part = innerPart({ ...of, groups }, 0.3, seed);
    assert.ok(part.length > 0 && part.every((i) => groups[i] !== "mixed"));
  }
});

Deno.test("innerPart() refuses a share that leaves nothing", () => {
  assert.throws(() => innerPart(made([10]), 1, 1), /Cannot take off a share of 1: it must lie between 0 and 1/);
});
