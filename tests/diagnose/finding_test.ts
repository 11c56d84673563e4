import assert from "node:assert/strict";
import { finding, worstFirst } from "../../lib/diagnose/mod.ts";
import { counted, listed, roughly } from "../../lib/diagnose/_words.ts";

Deno.test("finding() fills in what is left out", () => {
  assert.deepEqual(finding({ code: "fine", severity: "good", sentence: "All is well." }), {
    code: "fine",
    severity: "good",
    sentence: "All is well.",
    evidence: [],
    remedy: "",
  });
});

Deno.test("finding() refuses a problem without a remedy, a sentence without an end, and a code in other letters", () => {
  assert.throws(() => finding({ code: "a", severity: "warning", sentence: "Bad." }), /needs a remedy/);
  assert.throws(() => finding({ code: "a", severity: "good", sentence: "Good" }), /full stop/);
  assert.throws(() => finding({ code: "A b", severity: "good", sentence: "Good." }), /kebab-case/);
});

Deno.test("worstFirst() sorts by severity and keeps the order within one", () => {
  const make = (code: string, severity: "error" | "info" | "good") =>
    finding({ code, severity, sentence: "x.", remedy: "y" });
  const list = [make("a", "good"), make("b", "info"), make("c", "error"), make("d", "info")];
  assert.deepEqual(worstFirst(list).map(({ code }) => code), ["c", "b", "d", "a"]);
});

Deno.test("words for people: lists, counts, large numbers", () => {
  assert.equal(listed([]), "");
  assert.equal(listed(["a"]), "a");
  assert.equal(listed(["a", "b", "c"]), "a, b and c");
  assert.equal(listed(["a", "b", "c", "d"], 2), "a, b and 2 more");
  assert.equal(counted(1, "image"), "1 image");
  assert.equal(counted(2, "class", "classes"), "2 classes");
  assert.equal(roughly(1_381_234), "1.38 million");
  assert.equal(roughly(98_304), "98.3 thousand");
  assert.equal(roughly(812), "812");
});
