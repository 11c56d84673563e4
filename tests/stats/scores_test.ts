import assert from "node:assert/strict";
import { accuracy, balancedAccuracy, confusionMatrix, macroF1, StatsError } from "../../lib/stats/mod.ts";

const labels = [0, 0, 0, 0, 1, 1, 2, 2, 2, 3];
const predictions = [0, 0, 1, 2, 1, 1, 2, 0, 2, 2];

Deno.test("confusionMatrix() counts true classes in rows", () => {
  assert.deepEqual(confusionMatrix(labels, predictions, 4), [[2, 1, 1, 0], [0, 2, 0, 0], [1, 0, 2, 0], [0, 0, 1, 0]]);
});

Deno.test("accuracy(), balancedAccuracy() and macroF1() agree with scikit-learn", () => {
  // scikit-learn 1.9.1: accuracy_score, balanced_accuracy_score, f1_score(average="macro").
  assert.equal(accuracy(labels, predictions, 4), 0.6);
  assert.ok(Math.abs(balancedAccuracy(labels, predictions, 4) - 0.5416666666666666) < 1e-12);
  assert.ok(Math.abs(macroF1(labels, predictions, 4) - 0.4857142857142857) < 1e-12);
});

Deno.test("balancedAccuracy() and macroF1() leave out classes that don't occur", () => {
  assert.equal(balancedAccuracy(labels, predictions, 9), balancedAccuracy(labels, predictions, 4));
  assert.equal(macroF1(labels, predictions, 9), macroF1(labels, predictions, 4));
});

Deno.test("balancedAccuracy() of one class predicted throughout is 1 / K however uneven the classes are", () => {
  assert.equal(balancedAccuracy([0, 0, 0, 0, 0, 0, 1, 2], [0, 0, 0, 0, 0, 0, 0, 0], 3), 1 / 3);
});

Deno.test("scores take typed arrays and reject classes out of range", () => {
  assert.equal(accuracy(Int32Array.of(0, 1), Int32Array.of(0, 1), 2), 1);
  assert.throws(
    () => accuracy([0, 1], [0, 2], 2),
    new StatsError("Cannot score predictions: classes run from 0 to 1, predictions[1] is 2"),
  );
  assert.throws(() => accuracy([0, 0.5], [0, 1], 2), /labels\[1\] is 0.5/);
  assert.throws(() => accuracy([], [], 2), /at least 1 image is needed/);
});
