import assert from "node:assert/strict";
import { confidentJoint, DiagnosisError, estimatedErrors, suspectsOf } from "../../../lib/diagnose/mod.ts";
import { counts, labels, offDiagonal, probabilities, thresholds } from "./_cleanlab.ts";

Deno.test("confidentJoint() counts by hand: five images of two classes, one of them mislabelled", () => {
  // Thresholds: class 0 has 0.9, 0.6 and 0.3, mean 0.6; class 1 has 0.8 and 0.6, mean 0.7.
  const given = [0, 0, 0, 1, 1];
  const p = [0.9, 0.1, 0.6, 0.4, 0.3, 0.7, 0.2, 0.8, 0.4, 0.6];
  const joint = confidentJoint(given, p, 2);
  [0.6, 0.7].forEach((threshold, k) => assert.ok(Math.abs(joint.thresholds[k] - threshold) < 1e-12));
  // The third is confidently of class 1; the last reaches neither threshold.
  assert.deepEqual([...joint.confident], [0, 0, 1, 1, -1]);
  assert.deepEqual(joint.counts, [[2, 1], [0, 1]]);
  // Scaled to three and two images of five.
  const expected = [[0.4, 0.2], [0, 0.4]];
  joint.joint.forEach((row, i) => row.forEach((share, j) => assert.ok(Math.abs(share - expected[i][j]) < 1e-12)));
  assert.ok(Math.abs(estimatedErrors(joint) - 0.2) < 1e-12);
  const [suspect, ...others] = suspectsOf(given, p, 2, joint);
  assert.deepEqual(others, []);
  assert.deepEqual([suspect.row, suspect.given, suspect.suggested, suspect.selfConfidence], [2, 0, 1, 0.3]);
  assert.ok(Math.abs(suspect.margin + 0.4) < 1e-12);
});

Deno.test("confidentJoint() agrees with cleanlab on thresholds, counts and suspects", () => {
  const joint = confidentJoint(labels, probabilities, 4);
  thresholds.forEach((threshold, k) => assert.ok(Math.abs(joint.thresholds[k] - threshold) < 1e-8));
  assert.deepEqual(joint.counts, counts);
  const rows = suspectsOf(labels, probabilities, 4, joint).map(({ row }) => row);
  assert.deepEqual(rows.toSorted((a, b) => a - b), offDiagonal.toSorted((a, b) => a - b));
});

Deno.test("the joint sums to 1, and each given label has its share, also where no image is confidently anything", () => {
  const joint = confidentJoint(labels, probabilities, 4).joint;
  joint.forEach((row, label) => {
    const share = labels.filter((one) => one === label).length / labels.length;
    assert.ok(Math.abs(row.reduce((a, b) => a + b, 0) - share) < 1e-12);
  });
  // Class 2 has no images at all, and class 1 none that reach a threshold.
  const sparse = confidentJoint([0, 1], [0.5, 0.2, 0.3, NaN, NaN, NaN], 3);
  assert.deepEqual(sparse.joint.map((row) => [...row]), [[0.5, 0, 0], [0, 0.5, 0], [0, 0, 0]]);
});

Deno.test("confidentJoint() refuses probabilities that are not one per label and class", () => {
  assert.throws(() => confidentJoint([0, 1], [0.5, 0.5, 1], 2), (error) => {
    assert.ok(error instanceof DiagnosisError);
    assert.match(error.message, /2 labels of 2 classes need 4 probabilities, there are 3/);
    return true;
  });
});
