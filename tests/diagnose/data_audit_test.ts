import assert from "node:assert/strict";
import { auditFindings } from "../../lib/diagnose/mod.ts";
import type { AuditFacts, DuplicateSet } from "../../lib/dataset/mod.ts";

const spread = { min: 100, median: 100, max: 100 };
const colour = { n: 300, red: 120, green: 120, blue: 120, brightness: 120, brightnessSd: 30 };

/** A data set in which all is well. */
const FINE: AuditFacts = {
  counts: { classes: ["cat", "dog", "owl"], development: [200, 210, 205], sealed: [50, 50, 50] },
  imbalance: 210 / 200,
  skipped: [],
  others: { n: 0, examples: [] },
  formats: [{ format: "png", n: 765 }],
  sizes: { width: spread, height: spread, aspect: { min: 1, median: 1, max: 1 }, workingSize: 64, odd: [] },
  duplicates: { sameClass: [], acrossClasses: [], developmentAndTest: [], trainAndValidation: [] },
  nearDuplicates: { developmentAndTest: [], trainAndValidation: [], acrossClasses: [], sameClass: [] },
  groups: { known: true, n: 300, sizes: { min: 1, median: 2, max: 5 }, spanning: [], acrossClasses: 0 },
  colour: { development: colour, sealed: { ...colour, n: 150 } },
  ledger: [],
};

const of = (facts: Partial<AuditFacts> = {}) => auditFindings({ ...FINE, ...facts }).findings;
function found(code: string, facts: Partial<AuditFacts>) {
  const finding = of(facts).find((one) => one.code === code);
  assert.ok(finding, `no ${code} among ${of(facts).map((one) => one.code)}`);
  return finding;
}
const twice = (a: string, b: string, ...classes: string[]): DuplicateSet => ({ paths: [a, b], classes, same: "file" });

Deno.test("the audit of a good data set says what was looked for and is fine", () => {
  assert.deepEqual(of().map(({ code, severity }) => [code, severity]), [
    ["no-duplicates", "good"],
    ["groups-kept-together", "good"],
    ["files-readable", "good"],
    ["classes-even", "good"],
    ["same-brightness", "good"],
    ["no-near-duplicates", "good"],
  ]);
  assert.match(of()[0].sentence, /^No exact duplicates among 765 images\.$/);
});

Deno.test("unreadable files are named with what is wrong with them", () => {
  const skipped = ["a.png", "b.png"].map((path) => ({
    path: `cat/${path}`,
    class: "cat",
    reason: "empty file",
    remedy: "delete it or copy it again",
  }));
  const finding = found("unreadable-files", { skipped });
  assert.equal(finding.severity, "warning");
  assert.match(finding.sentence, /^2 files are left out: cat\/a\.png \(empty file\) and cat\/b\.png \(empty file\)\.$/);
  assert.equal(finding.remedy, "Delete it or copy it again.");
});

Deno.test("duplicates across splits and across classes are errors, within a class a warning", () => {
  const duplicates = { ...FINE.duplicates };
  const across = found("duplicates-across-splits", {
    duplicates: { ...duplicates, developmentAndTest: [twice("cat/1.png", "cat/2.png", "cat")] },
  });
  assert.equal(across.severity, "error");
  assert.match(across.sentence, /1 picture is both in the test set and outside of it: cat\/1\.png and cat\/2\.png\./);
  const labels = found("duplicates-across-classes", {
    duplicates: { ...duplicates, acrossClasses: [twice("cat/1.png", "dog/1.png", "cat", "dog")] },
  });
  assert.equal(labels.severity, "error");
  const folders = found("duplicates-across-folders", {
    duplicates: { ...duplicates, trainAndValidation: [twice("train/cat/1.png", "val/cat/1.png", "cat")] },
  });
  assert.equal(folders.severity, "error");
  const same = found("duplicates-in-class", {
    duplicates: { ...duplicates, sameClass: [twice("cat/1.png", "cat/2.png", "cat")] },
  });
  assert.equal(same.severity, "warning");
  assert.ok(
    !of({ duplicates: { ...duplicates, sameClass: [twice("a", "b", "cat")] } }).some(({ code }) =>
      code === "no-duplicates"
    ),
  );
});

Deno.test("uneven classes are a note from 1.5 and a warning from 3 times as many images", () => {
  const counts = (dog: number) => ({ counts: { ...FINE.counts, development: [100, dog, 100] }, imbalance: dog / 100 });
  assert.ok(of(counts(150)).some(({ code }) => code === "classes-even"));
  assert.equal(found("class-imbalance", counts(160)).severity, "info");
  const severe = found("class-imbalance", counts(300));
  assert.equal(severe.severity, "warning");
  assert.match(severe.sentence, /dog has 300 images, cat has 100/);
});

Deno.test("tiny classes are named", () => {
  const finding = found("tiny-classes", { counts: { ...FINE.counts, development: [19, 200, 20] }, imbalance: 10 });
  assert.match(finding.sentence, /1 class has fewer than 20 images .*: cat\./);
});

Deno.test("fewer than 100 images per class are worth a word", () => {
  const finding = found("few-images-per-class", { counts: { ...FINE.counts, development: [47, 46, 47] } });
  assert.match(finding.sentence, /about 47 images per class/);
  assert.equal(finding.severity, "info");
});

Deno.test("images below the working size are told from those of odd shape", () => {
  const odd = [
    { path: "cat/tiny.png", width: 20, height: 100, why: "small" },
    { path: "dog/wide.png", width: 900, height: 100, why: "wide" },
  ];
  const sizes = { ...FINE.sizes, odd };
  assert.match(
    found("images-smaller-than-working-size", { sizes }).sentence,
    /1 image is smaller than the 64 pixels.*cat\/tiny\.png \(20×100\)/,
  );
  assert.match(found("odd-sizes", { sizes }).sentence, /1 image differs .*dog\/wide\.png \(900×100\)/);
});

Deno.test("without groups the audit says that leaks cannot be ruled out, and how to name groups", () => {
  const finding = found("groups-unknown", { groups: { ...FINE.groups, known: false } });
  assert.match(finding.remedy, /groups\.csv/);
});

Deno.test("groups on both sides of the seal are an error, groups of several classes a note", () => {
  const groups = { ...FINE.groups, spanning: [{ group: "anna", development: 3, sealed: 1 }], acrossClasses: 2 };
  assert.match(found("groups-across-splits", { groups }).sentence, /1 group has images both.*: anna\./);
  assert.equal(found("groups-across-splits", { groups }).severity, "error");
  assert.equal(found("groups-across-classes", { groups }).severity, "info");
});

Deno.test("a shift in brightness counts when it is both large and sure", () => {
  const sealed = (brightness: number, n = 150) => ({
    colour: { development: colour, sealed: { ...colour, brightness, n } },
  });
  const finding = found("brightness-shift", sealed(90));
  assert.match(finding.sentence, /^The test images are darker than the others: 90 against 120 of 255/);
  assert.ok(of(sealed(125)).some(({ code }) => code === "same-brightness"), "small, if sure");
  assert.ok(of(sealed(100, 5)).some(({ code }) => code === "same-brightness"), "large, but unsure");
});

Deno.test("the worst comes first", () => {
  const codes = of({
    skipped: [{ path: "x", class: null, reason: "empty file", remedy: "delete it" }],
    duplicates: { ...FINE.duplicates, acrossClasses: [twice("a", "b", "cat", "dog")] },
  }).map(({ severity }) => severity);
  assert.deepEqual(codes.slice(0, 3), ["error", "warning", "good"]);
});
