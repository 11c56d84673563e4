import assert from "node:assert/strict";
import { stratifiedFolds, stratifiedHoldOut } from "../../lib/dataset/split.ts";
import { Random } from "../../lib/stats/mod.ts";

/** Images of `sizes.length` groups; each group's images are of one class, or of any where `mixed`. */
function grouped(sizes: readonly number[], classes: number, seed: number, mixed = false) {
  const random = new Random(seed);
  const labels: number[] = [];
  const groups: string[] = [];
  for (const [g, size] of sizes.entries()) {
    for (let i = 0; i < size; i++) {
      labels.push(mixed ? random.integer(classes) : g % classes);
      groups.push(`g${g}`);
    }
  }
  return {
    items: [...labels.keys()],
    labels: Int32Array.from(labels),
    groups,
    classes: Array.from({ length: classes }, (_, i) => `class ${i}`),
  };
}

/** Largest distance between a class's share in a fold and in the whole, in images. */
function worstDeviation(of: ReturnType<typeof grouped>, parts: readonly (readonly number[])[]): number {
  let worst = 0;
  for (const label of new Set(of.labels)) {
    const total = of.items.filter((i) => of.labels[i] === label).length;
    for (const part of parts) {
      const n = part.filter((i) => of.labels[i] === label).length;
      worst = Math.max(worst, Math.abs(n - total / parts.length));
    }
  }
  return worst;
}

Deno.test("folds by group: no group in two folds, each image validates once, class shares near, for any group sizes", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(`sizes/${seed}`);
    const classes = 2 + random.integer(5);
    // From single images to groups a hundred times as large.
    const sizes = Array.from({ length: classes * 15 }, () => 1 + Math.floor(30 ** (random.next() * 1.3)));
    const of = grouped(sizes, classes, seed, seed % 2 === 0);
    const k = 2 + random.integer(4);
    const folds = stratifiedFolds(of, k, seed);
    const validated = folds.flatMap(({ validation }) => validation).sort((a, b) => a - b);
    assert.deepEqual(validated, of.items);
    const home = new Map<string, number>();
    for (const fold of folds) {
      assert.deepEqual([...fold.train, ...fold.validation].sort((a, b) => a - b), of.items);
      assert.equal(fold.by, "group");
      for (const i of fold.validation) {
        assert.equal(home.get(of.groups[i]) ?? fold.index, fold.index, "a group lies in two folds");
        home.set(of.groups[i], fold.index);
      }
    }
    // No split can do better than half of the largest group in the worst case; this one should not do worse than one.
    const worst = worstDeviation(of, folds.map(({ validation }) => validation));
    assert.ok(worst <= Math.max(...sizes), `seed ${seed}: off by ${worst} images, largest group ${Math.max(...sizes)}`);
  }
});

Deno.test("folds by group put one giant group against many small ones", () => {
  const of = grouped([40, ...new Array(60).fill(1)], 1, 1);
  const folds = stratifiedFolds({ ...of, labels: new Int32Array(100) }, 2, 1);
  assert.deepEqual(folds.map(({ validation }) => validation.length).sort(), [50, 50]);
});

Deno.test("folds by image differ by at most one image per class, and in size by at most one", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(`n/${seed}`);
    const of = { ...grouped(Array.from({ length: 6 }, () => 7 + random.integer(50)), 6, seed), groups: null };
    const folds = stratifiedFolds(of, 5, seed);
    for (let label = 0; label < 6; label++) {
      const counts = folds.map(({ validation }) => validation.filter((i) => of.labels[i] === label).length);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, counts.join());
    }
    const sizes = folds.map(({ validation }) => validation.length);
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, sizes.join());
  }
});

Deno.test("folds repeat with the same seed and differ with another", () => {
  const of = grouped(new Array(40).fill(3), 4, 1);
  const keys = [1, 1, 2].map((seed) => JSON.stringify(stratifiedFolds(of, 4, seed).map((fold) => fold.validation)));
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[0], keys[2]);
});

Deno.test("folds say which class has too few images or groups", () => {
  const few = { items: [0, 1, 2, 3, 4, 5, 6, 7], labels: Int32Array.of(0, 0, 0, 0, 0, 1, 1, 1), groups: null };
  const classes = ["cap", "hat"];
  assert.throws(() => stratifiedFolds({ ...few, classes }, 5, 1), {
    name: "DatasetError",
    message: 'Cannot split "hat": 5 folds need at least 5 images, it has 3. Add images, or use 3 folds',
  });
  const groups = ["a", "b", "c", "d", "e", "f", "f", "f"];
  assert.throws(
    () => stratifiedFolds({ ...few, classes, groups }, 2, 1),
    /Cannot split "hat": it needs at least 2 groups .* it has 1/,
  );
  const pairs = ["a", "a", "b", "b", "b", "a", "b", "b"];
  assert.throws(() => stratifiedFolds({ ...few, classes, groups: pairs }, 3, 1), /3 folds: there are 2 groups/);
  for (const k of [1, 0, 2.5]) {
    assert.throws(() => stratifiedFolds({ ...few, classes }, k, 1), /at least 2/);
  }
});

Deno.test("a hold-out has its share of every class, at least one image each, whole groups", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = new Random(`hold/${seed}`);
    const of = grouped(Array.from({ length: 40 }, () => 1 + random.integer(6)), 4, seed);
    const { train, validation } = stratifiedHoldOut(of, 0.25, seed);
    assert.equal(train.length + validation.length, of.items.length);
    const trained = new Set(train.map((i) => of.groups[i]));
    assert.ok(validation.every((i) => !trained.has(of.groups[i])));
    for (let label = 0; label < 4; label++) {
      const total = of.items.filter((i) => of.labels[i] === label).length;
      const held = validation.filter((i) => of.labels[i] === label).length;
      assert.ok(Math.abs(held - total / 4) <= 3, `${held} of ${total}`);
    }
  }
  const tiny = {
    items: [0, 1, 2, 3, 4, 5],
    labels: Int32Array.of(0, 0, 0, 0, 1, 1),
    groups: null,
    classes: ["a", "b"],
  };
  assert.ok(stratifiedHoldOut(tiny, 0.1, 1).validation.some((i) => i >= 4));
});
