import assert from "node:assert/strict";
import { holm } from "../../lib/stats/mod.ts";
import { close, reference } from "./_reference.ts";

Deno.test("holm() agrees with statsmodels, in the order given", () => {
  close(holm(reference.holm.ps), reference.holm.corrected, 1e-15);
});

Deno.test("holm() leaves one p-value as it is and never exceeds 1", () => {
  assert.deepEqual(holm([0.03]), [0.03]);
  assert.deepEqual(holm([0.6, 0.7]), [1, 1]);
  assert.deepEqual(holm([]), []);
});

Deno.test("holm() rejects what is no probability", () => {
  assert.throws(() => holm([0.1, 1.2]), /\[1\] is 1.2/);
  assert.throws(() => holm([NaN]), /\[0\] is NaN/);
});
