import assert from "node:assert/strict";
import { ladderNotes, ladderRungs, type NotebookResult } from "../../lib/report/mod.ts";
import { accuracy, result } from "./_ladder.ts";

const names = (...results: NotebookResult[]) => ladderRungs(results).map(({ of, item }) => [of, item.id]);

Deno.test("ladderRungs(): of a hold-out and a cross-validation of one model, the one on more images counts", () => {
  const holdOut = result("03_a", accuracy("thread-cnn.batch-32.validation-accuracy", { of: "thread-cnn" }));
  const folds = result("06_b", accuracy("cross-validated.thread-cnn.accuracy", { n: 750 }));
  assert.deepEqual(names(holdOut, folds), [["thread-cnn", "cross-validated.thread-cnn.accuracy"]]);
  assert.deepEqual(names(folds, holdOut), [["thread-cnn", "cross-validated.thread-cnn.accuracy"]]);
});

Deno.test("ladderRungs(): of equally many images the later counts, and other trainings stand beside", () => {
  const [early, late] = [accuracy("a", { of: "m", value: 0.2 }), accuracy("b", { of: "m", value: 0.3 })];
  const other = accuracy("c", { of: "m, batches of 4" });
  assert.deepEqual(names(result("02_a", early, other), result("03_b", late)), [["m", "b"], ["m, batches of 4", "c"]]);
});

Deno.test("ladderRungs(): what two notebooks say of the same predictions stands there once", () => {
  const found = accuracy("tuned.accuracy", { of: "small CNN, tuned", value: 0.27 });
  const again = accuracy("lever.tuned-small-cnn", { of: "tuned-small-cnn", value: 0.27 });
  assert.deepEqual(names(result("07_a", found), result("10_b", again)), [["small CNN, tuned", "tuned.accuracy"]]);
});

Deno.test("ladderRungs() takes what is marked as a rung and is a number, under its label where it has no other name", () => {
  const unmarked = accuracy("x", { rung: undefined });
  const rater = accuracy("human.ana", { rung: "human", label: "Ana" });
  const people = accuracy("human.people", { rung: "human", label: "Accuracy of people (2)" });
  assert.deepEqual(names(result("04_a", unmarked, accuracy("y", { value: NaN }), rater, people)), [
    ["Ana", "human.ana"],
    ["People (2)", "human.people"],
  ]);
});

Deno.test("ladderNotes() say how to get what is missing, and send nobody to a notebook that is not there", () => {
  const all = ["01_a", "02_b", "03_c", "04_d", "05_e", "06_f"];
  const network = result("03_c", accuracy("m"));
  assert.deepEqual(ladderNotes([network], all), [
    "Simple methods: run notebook 02.",
    "What others have published: run notebook 05.",
    "People: not measured, `deno task label` does it.",
  ]);
  assert.deepEqual(ladderNotes([network], ["01_a", "03_c"]), []);
  assert.match(ladderNotes([network, result("05_e")], all).join(), /notebook 05 found nothing that can be compared/);
  const rater = result("04_d", accuracy("h", { rung: "human" }));
  assert.doesNotMatch(ladderNotes([network, rater], all).join(), /People/);
});
