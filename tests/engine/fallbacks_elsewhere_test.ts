import assert from "node:assert/strict";
import { addFallbacks, report, use } from "../../lib/engine/mod.ts";

Deno.test("report() adds what engines in Workers left to plain JavaScript", async () => {
  await use("cpu");
  assert.equal(report().summary, "no fallback kernels");
  addFallbacks([{ kernel: "Rare", calls: 2 }]);
  addFallbacks([{ kernel: "Rare", calls: 1 }, { kernel: "Often", calls: 9 }]);
  assert.deepEqual(report().fallbacks, [{ kernel: "Often", calls: 9 }, { kernel: "Rare", calls: 3 }]);
});
