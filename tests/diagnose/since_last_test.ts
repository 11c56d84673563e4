import assert from "node:assert/strict";
import { keptForNext, nextStates, type RememberedImage, type ReportState, sinceLast } from "../../lib/diagnose/mod.ts";

const image = (n: number, name: string, more: Partial<RememberedImage> = {}): RememberedImage => ({
  hash: `hash ${n}`,
  class: name,
  group: null,
  sealed: false,
  ...more,
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const classOf = (n: number) => n % 2 === 0 ? "cat" : "dog";

/** Images by number; `right` says which of them the model gets right. */
function state(
  numbers: readonly number[],
  right: (n: number) => boolean,
  more: Partial<ReportState> = {},
): ReportState {
  return {
    at: "2026-11-24T10:00:00Z",
    settings: { seed: "1", budget: "15m" },
    images: numbers.map((n) => image(n, classOf(n))),
    judged: [{
      name: "small-cnn",
      folds: 5,
      images: numbers.map((n) => `hash ${n}`),
      correct: numbers.map(right),
    }],
    ...more,
  };
}
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

Deno.test("sinceLast() counts new, removed and relabelled images by class", () => {
  const before = state(range(0, 100), () => true);
  const now = state(range(10, 140), () => true);
  const relabelled = {
    ...now,
    images: now.images.map((one) => one.hash === "hash 50" ? { ...one, class: "dog" } : one),
  };
  const since = sinceLast({ before, now: relabelled })!;
  assert.deepEqual([since.added, since.removed, since.relabelled], [40, 10, 1]);
  assert.deepEqual(since.classes, [
    { class: "cat", before: 50, added: 20, removed: 5, labelledIn: 0, labelledOut: 1, now: 64 },
    { class: "dog", before: 50, added: 20, removed: 5, labelledIn: 1, labelledOut: 0, now: 66 },
  ]);
  assert.match(
    since.sentence,
    /^Since the report of 2026-11-24, 10:00 UTC: 40 new images, 10 images removed and 1 image with another label\.$/,
  );
  assert.match(since.text(), /Relabelled away/);
});

Deno.test("sinceLast() compares accuracies on the images both had, with the label they had in both", () => {
  const before = state(range(0, 400), (n) => n % 5 === 0);
  const now = state(range(100, 500), (n) => n % 5 === 0 || n % 5 === 1);
  const since = sinceLast({
    before,
    now: { ...now, images: now.images.map((one) => one.hash === "hash 200" ? { ...one, class: "dog" } : one) },
  })!;
  const [{ paired, before: old, now: current, fresh }] = since.models;
  assert.equal(paired!.difference.n, 299); // 100 to 399 without the relabelled one
  assert.ok(Math.abs(paired!.difference.estimate - 60 / 299) < 1e-9);
  assert.deepEqual([paired!.test.onlyA, paired!.test.onlyB], [0, 60]);
  assert.deepEqual([old.n, current.n, fresh!.n], [400, 400, 100]);
  const [found] = since.findings;
  assert.deepEqual([found.code, found.severity], ["since-last-report", "good"]);
  assert.match(
    plain(found.sentence),
    /^small-cnn has become better by \+20.* points \[.*\] on the 299 images that both reports measured\.$/,
  );
  assert.match(since.html(), /Accuracies on unseen images, before and now/);
});

Deno.test("sinceLast() says when no change can be told, when it is for the worse, and what else has changed", () => {
  const luck = sinceLast({
    before: state(range(0, 60), (n) => n % 3 === 0),
    now: state(range(0, 70), (n) => n % 3 === 0 || n === 1, { settings: { seed: "1", budget: "1h" } }),
  })!;
  assert.match(
    luck.findings[0].sentence,
    /^No change of small-cnn can be told .* 0 is among that\. Settings have changed/,
  );
  assert.match(luck.sentence, /10 new images and other settings \(budget: 15m before, 1h now\)\.$/);
  const worse = sinceLast({
    before: state(range(0, 300), (n) => n % 3 > 0),
    now: state(range(0, 320), (n) => n % 3 === 1),
  })!;
  assert.equal(worse.findings[0].severity, "warning");
  assert.match(worse.findings[0].sentence, /has become worse by −/);
  assert.notEqual(worse.findings[0].remedy, "");
});

Deno.test("sinceLast() flips signs of whole groups where images are grouped", () => {
  const grouped = (of: ReportState) => ({
    ...of,
    images: of.images.map((one, i) => ({ ...one, group: Math.floor(i / 4) })),
  });
  const since = sinceLast({
    before: grouped(state(range(0, 80), () => false)),
    now: grouped(state(range(0, 80), (n) => n < 40)),
  })!;
  const { test, difference } = since.models[0].paired!;
  assert.deepEqual([test.method, test.groups, difference.groups], ["sign flips over groups, exact", 20, 20]);
});

Deno.test("sinceLast() counts copies as often as they are there, and says what left the sealed test set", () => {
  const twice = [image(1, "cat"), image(1, "dog"), image(2, "cat", { sealed: true })];
  const since = sinceLast({
    before: state([], () => true, { images: twice, judged: [] }),
    now: state([], () => true, {
      images: [image(1, "dog"), image(1, "cat"), image(1, "cat"), image(2, "cat")],
      judged: [],
    }),
  })!;
  assert.deepEqual([since.added, since.removed, since.relabelled, since.unsealed], [1, 0, 0, 1]);
  assert.equal(since.findings[0].code, "sealed-set-changed");
  assert.match(since.findings[0].sentence, /^1 image of the last report's sealed test set can be trained on now/);
});

Deno.test("sinceLast() names models that were not measured again, and escapes class names", () => {
  const since = sinceLast({
    before: state(range(0, 10), () => true),
    now: state(range(0, 12), () => true, { images: [image(99, "<b>x</b>")], judged: [] }),
  })!;
  assert.match(since.text(), /Not measured again with these images so far: small-cnn/);
  assert.doesNotMatch(since.html(), /<b>x/);
  assert.equal(sinceLast({ before: null, now: state([], () => true) }), null);
});

Deno.test("sinceLast() of very many classes shows those that have changed most, and sums up the others", () => {
  const images = (each: (n: number) => number) =>
    range(0, 50).flatMap((n) => range(0, each(n)).map((i) => image(100 * n + i, `class ${n}`)));
  const [table] = sinceLast({
    before: state([], () => true, { images: images(() => 2), judged: [] }),
    now: state([], () => true, { images: images((n) => n === 7 ? 12 : 3), judged: [] }),
  })!.tables();
  assert.equal(table.rows.length, 31);
  assert.equal(table.rows[0].class, "class 7");
  assert.deepEqual([table.rows[29].class, table.rows[29].added], ["21 other classes", 21]);
  assert.deepEqual([table.rows[30].class, table.rows[30].added], ["All", 59]);
});

Deno.test("nextStates() keeps the comparison when a report is only made again, and never mixes data sets", () => {
  const [a, b, c] = [10, 20, 30].map((n) => state(range(0, n), () => true));
  const first = nextStates(null, "birds", a);
  assert.equal(first.before, null);
  assert.equal(nextStates(JSON.parse(JSON.stringify(first)), "birds", a).before, null);
  const second = nextStates(first, "birds", b);
  assert.equal(second.before, a);
  const again = nextStates(second, "birds", { ...b, at: "2026-11-25T10:00:00Z" });
  assert.equal(again.before, a);
  assert.equal(nextStates(again, "birds", c).before!.images.length, 20);
  assert.equal(nextStates(second, "bees", c).before, null);
  // Stopped before anything was measured: accuracies are compared with those before it.
  const stopped = nextStates(first, "birds", { ...b, judged: [] });
  assert.equal(nextStates(stopped, "birds", c).before, a);
  for (const broken of [{}, 7, "x", { version: 2 }, { version: 1, dataset: "birds", now: {} }]) {
    assert.equal(nextStates(broken, "birds", a).before, null);
  }
});

Deno.test("keptForNext() names images by content, and takes the first of several repeats", () => {
  const records = [{ hash: "x" }, { hash: "y" }, { hash: "z" }];
  const run = (validation: number[], correct: boolean[]) => ({ model: "small-cnn", fold: { validation }, correct });
  const once = [run([2], [true]), run([0, 1], [false, true])];
  const kept = keptForNext([{ byRepeat: [once, [run([0, 1, 2], [true, true, true])]] }, once], { records }, [
    "",
    "again",
  ]);
  assert.deepEqual(kept.judged.map(({ images, correct, folds }) => [images, correct, folds]), [
    [["z", "x", "y"], [true, false, true], 2],
    [["z", "x", "y"], [true, false, true], 2],
  ]);
  assert.deepEqual(kept.record(), { judged: kept.judged });
  assert.match(plain(kept.text()), /of 3 images\.$/);
});
