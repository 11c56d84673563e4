import assert from "node:assert/strict";
import { cohenKappa, fleissKappa, krippendorffAlpha, StatsError } from "../../lib/stats/mod.ts";
import { close, reference } from "./_reference.ts";

Deno.test("cohenKappa() agrees with scikit-learn", () => {
  const { labels, rater, kappa } = reference.classification;
  close(cohenKappa(labels, rater, 4), kappa);
});

Deno.test("cohenKappa() is 1 for equal raters, 0 for as much as chance gives and less below that", () => {
  assert.equal(cohenKappa([0, 1, 2], [0, 1, 2], 3), 1);
  assert.equal(cohenKappa([0, 0, 1, 1], [0, 1, 0, 1], 2), 0);
  assert.equal(cohenKappa([0, 1], [1, 0], 2), -1);
  assert.ok(Number.isNaN(cohenKappa([1, 1], [1, 1], 2)));
});

Deno.test("fleissKappa() gives the 0.210 of the published example of 14 raters and 10 subjects", () => {
  // The example of the Wikipedia article "Fleiss' kappa".
  const counts = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
  ];
  assert.equal(fleissKappa(counts).toFixed(3), "0.210");
});

Deno.test("fleissKappa() agrees with statsmodels", () => {
  close(fleissKappa(reference.fleiss.counts), reference.fleiss.kappa);
});

Deno.test("fleissKappa() rejects images that another number of raters saw", () => {
  assert.throws(() => fleissKappa([[2, 1], [1, 1]]), /the same 2 or more raters, image 1 has 2/);
  assert.throws(() => fleissKappa([[1, 0]]), StatsError);
  assert.throws(() => fleissKappa([]), /at least 1 image/);
});

Deno.test("krippendorffAlpha() gives the 0.743 of Krippendorff's example C with missing data", () => {
  // Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C: four observers, twelve units.
  const published: (number | null)[][] = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, null, null, null],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, null, 3],
    [null, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, null],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, null],
  ];
  assert.equal(krippendorffAlpha(published).toFixed(3), "0.743");
});

Deno.test("krippendorffAlpha() agrees with the krippendorff package on answers with gaps", () => {
  close(krippendorffAlpha(reference.krippendorff.ratings), reference.krippendorff.alpha);
});

Deno.test("krippendorffAlpha() rejects ragged rows and answers that no second rater gave", () => {
  assert.throws(() => krippendorffAlpha([[0, 1], [0]]), /every rater needs 2 entries, rater 1 has 1/);
  assert.throws(() => krippendorffAlpha([[0, null], [null, 1]]), /no image has answers of two raters/);
});
