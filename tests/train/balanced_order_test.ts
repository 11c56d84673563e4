import assert from "node:assert/strict";
import { Random } from "../../lib/stats/mod.ts";
import { trainingConfig } from "../../lib/train/mod.ts";
import { balancedOrder } from "../../lib/train/_balanced_order.ts";

Deno.test("balancedOrder() shows every class equally often, and each image of a class before any of them twice", () => {
  const labels = Int32Array.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2]);
  const order = balancedOrder(labels, new Random(1));
  assert.equal(order.length, 12);
  const shown = Map.groupBy(order, (row) => labels[row]);
  assert.deepEqual([0, 1, 2].map((label) => shown.get(label)!.length), [4, 4, 4]);
  assert.equal(new Set(shown.get(0)).size, 4);
  assert.equal(new Set(shown.get(1)).size, 3);
});

Deno.test("balancedOrder() shows even classes whole, and the same seed gives the same order", () => {
  const labels = Int32Array.from([0, 1, 0, 1]);
  assert.deepEqual(balancedOrder(labels, new Random(2)).toSorted(), [0, 1, 2, 3]);
  assert.deepEqual(balancedOrder(labels, new Random(2)), balancedOrder(labels, new Random(2)));
});

Deno.test("a configuration that does not balance says nothing of it, so earlier runs are still found", () => {
  assert.ok(!("balanced" in trainingConfig({ balanced: undefined })));
  assert.equal(trainingConfig({ balanced: true }).balanced, true);
});
