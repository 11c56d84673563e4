import assert from "node:assert/strict";
import * as engine from "../../lib/engine/mod.ts";
import { featureSets } from "../../lib/improve/transfer/feature_sets.ts";
import { bundledBackbone } from "../../lib/model/mod.ts";

Deno.test("the bundled network is tried with more than its usual taps, and gives features of all of them", async () => {
  await engine.use("onnx");
  const backbone = bundledBackbone();
  const { wide, sets } = featureSets(backbone);
  assert.ok(wide.taps.length > backbone.taps.length, "the later half of the network has more taps to choose from");
  assert.deepEqual(sets.map(({ taps, poolings, mirrored }) => [taps.length, poolings.length, mirrored]), [
    [3, 1, false],
    [7, 1, false],
    [7, 2, false],
    [3, 1, true],
    [7, 1, true],
    [7, 2, true],
  ]);
  const pixels = Uint8Array.from({ length: 224 * 224 * 3 }, (_, j) => (j * 7919) % 256);
  const row = await wide.features(pixels, 1);
  for (const { offset, length, tap } of wide.parts) {
    const norm = Math.hypot(...row.subarray(offset, offset + length));
    assert.ok(Math.abs(norm - 1) < 1e-4, `${tap} has length ${norm}`);
  }
  assert.equal(featureSets(backbone, { brief: true }).sets.length, 3);
});
