import assert from "node:assert/strict";
import { splitLeakage } from "../../lib/diagnose/mod.ts";
import { jupyterDisplay, RECORD_MIME, type ResultRecord } from "../../lib/display/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { pictures } from "./_synthetic.ts";

const quiet = { onProgress: () => {} };
const FOLDS = { folds: 4, seed: 1, ...quiet };

/** Groups of five near copies that have nothing in common with other groups of their class. */
const copies = () =>
  pictures({
    counts: [240, 240, 240],
    groupSize: 5,
    size: 8,
    paint: ({ group, random }, p, c) => new Random(`${group}/${p}/${c}`).integer(240) + random.integer(15),
  });

Deno.test("splitLeakage() finds that near copies on both sides of a split flatter the nearest neighbour", async () => {
  const leakage = await splitLeakage(copies(), FOLDS);
  const row = leakage.rows.find(({ name }) => name === "nearest-neighbour")!;
  assert.ok(row.byImage.low > 0.9 && row.byGroup.high < 0.7);
  assert.ok(row.difference.low > 0.3);
  const [finding] = leakage.findings.findings;
  assert.equal(finding.code, "group-leakage");
  assert.match(finding.sentence, /^Splitting by image flatters: the (nearest neighbour|colour histogram) seems to get/);
  assert.match(finding.remedy, /whole groups together/);
});

Deno.test("splitLeakage() sees no leak where groups say nothing", async () => {
  const random = pictures({ counts: [60, 60], groupSize: 5, size: 8, paint: ({ random }) => random.integer(256) });
  const leakage = await splitLeakage(random, FOLDS);
  assert.equal(leakage.rows.length, 2);
  assert.deepEqual(leakage.findings.findings.map(({ code, severity }) => [code, severity]), [[
    "no-group-leakage-seen",
    "good",
  ]]);
});

Deno.test("splitLeakage() without groups measures nothing, says so, and tells how to name them", async () => {
  const unknown = pictures({ counts: [10, 10], size: 8, paint: () => 0 });
  const leakage = await splitLeakage(unknown, FOLDS);
  assert.equal(leakage.chart(), null);
  const [finding] = leakage.findings.findings;
  assert.equal(finding.code, "groups-unknown");
  assert.match(finding.remedy, /groups\.csv.*metadata\.csv/);
  const shown = await leakage[jupyterDisplay]();
  assert.match(shown["text/html"] as string, /cannot be ruled out/);
});

Deno.test("splitLeakage() adds the runs of a trained model, paired on the same images", async () => {
  const images = copies();
  const run = (by: "group" | "image", right: (image: number) => boolean) =>
    images.folds(4, { by, seed: 1 }).map(({ validation }) => ({
      model: "thread-cnn",
      fold: { validation },
      correct: validation.map(right),
    }));
  const leakage = await splitLeakage(images, {
    ...FOLDS,
    runs: { byGroup: run("group", (i) => i % 4 === 0), byImage: run("image", (i) => i % 2 === 0) },
  });
  const row = leakage.rows.at(-1)!;
  assert.equal(row.name, "thread-cnn");
  assert.equal(row.difference.estimate, 0.25);
  assert.match(leakage.findings.findings[0].sentence, /flatters: thread-cnn seems to get/);
  const shown = await leakage[jupyterDisplay]();
  const record = shown[RECORD_MIME] as ResultRecord;
  assert.equal(record.tables![0].rows.length, 3);
  assert.equal(record.chart!.id, "split-leakage");
});
