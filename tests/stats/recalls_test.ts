import assert from "node:assert/strict";
import { Random, recallTest } from "../../lib/stats/mod.ts";

/** Equally good classes of 47 images in groups of 1 to 6 that are hard or easy together, but for `worse`. */
function grouped(seed: number, K: number, accuracy: (label: number) => number) {
  const random = new Random(`grouped/${seed}`);
  const labels: number[] = [], correct: boolean[] = [], groups: string[] = [];
  for (let label = 0; label < K; label++) {
    for (let left = 47, group = 0; left > 0; group++) {
      const luck = random.next();
      for (let size = Math.min(left, 1 + random.integer(6)); size > 0; size--, left--) {
        labels.push(label);
        groups.push(`${label}/${group}`);
        correct.push((random.next() < 0.5 ? luck : random.next()) < accuracy(label));
      }
    }
  }
  return { labels, correct, groups, classes: K };
}

Deno.test("recallTest() seldom calls one of equally good classes worse, though their images come in few groups", () => {
  const rounds = 40;
  let alarms = 0;
  for (let seed = 1; seed <= rounds; seed++) {
    alarms += Number(recallTest({ ...grouped(seed, 16, () => 0.27), draws: 1000 }).some((p) => p < 0.05));
  }
  assert.ok(alarms <= 0.1 * rounds, `${alarms} of ${rounds}`);
});

Deno.test("recallTest() finds a class that is hardly ever recognised, and it alone", () => {
  const ps = recallTest(grouped(1, 8, (label) => label === 3 ? 0.05 : 0.6));
  assert.deepEqual(ps.map((p) => p < 0.05), [false, false, false, true, false, false, false, false]);
});

Deno.test("recallTest() of images on their own is the hypergeometric probability", () => {
  // 4 of 10 right; class 0 has 4 images and none right: the chance of that is C(6, 4) / C(10, 4) = 15 / 210.
  const labels = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
  const correct = [false, false, false, false, true, true, true, true, false, false];
  const [p, other] = recallTest({ labels, correct, classes: 2, draws: 40_000 });
  // Holm doubles the smaller of two.
  assert.ok(Math.abs(p - 2 * 15 / 210) < 0.01, `${p}`);
  assert.equal(other, 1);
});

Deno.test("recallTest() repeats with the same seed, knows classes without images, and checks what it gets", () => {
  const data = grouped(2, 4, () => 0.5);
  assert.deepEqual(recallTest(data), recallTest(data));
  assert.equal(recallTest({ ...data, classes: 5 })[4], 1);
  assert.throws(() => recallTest({ ...data, classes: 2 }), /classes run from 0 to 1/);
  assert.throws(() => recallTest({ labels: [], correct: [], classes: 2 }), /at least 1 image/);
});
