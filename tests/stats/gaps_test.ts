import assert from "node:assert/strict";
import {
  accuracy,
  balancedAccuracy,
  brier,
  classScores,
  cohenKappa,
  confusionMatrix,
  logLoss,
  macroF1,
} from "../../lib/stats/mod.ts";
import { close, reference } from "./_reference.ts";

const { labels, predictions, probabilities, ...expected } = reference.gaps;

Deno.test("scores agree with scikit-learn where classes never occur, are never predicted, or are ruled out", () => {
  assert.deepEqual(confusionMatrix(labels, predictions, 6), expected.confusion);
  close(accuracy(labels, predictions, 6), expected.accuracy);
  close(balancedAccuracy(labels, predictions, 6), expected.balancedAccuracy);
  close(macroF1(labels, predictions, 6), expected.macroF1);
  close(cohenKappa(labels, predictions, 6), expected.kappa);
  close(logLoss(probabilities, labels, 6), expected.logLoss);
  close(brier(probabilities, labels, 6), expected.brier);
});

Deno.test("classScores() has null exactly where scikit-learn divides nothing by nothing", () => {
  const scores = classScores(labels, predictions, 6);
  for (
    const [name, wanted] of Object.entries({ precision: expected.precision, recall: expected.recall, f1: expected.f1 })
  ) {
    const got = scores.map((score) => score[name as "precision" | "recall" | "f1"]?.estimate ?? null);
    assert.deepEqual(got.map((value) => value === null), wanted.map((value) => value === null), name);
    close(got.map((value) => value ?? 0), wanted.map((value) => value ?? 0));
  }
});
