import assert from "node:assert/strict";
import * as engine from "../../lib/engine/mod.ts";
import { type ModelSpec, portable, rebuild, smallCnn, smallResNet, threadCnn } from "../../lib/model/mod.ts";

const input = { size: 24, classes: 3, seed: 7 };

/** What the untrained network says of one picture. */
function answer(net: engine.LayersModel): number[] {
  return engine.tf.tidy(() => {
    const x = engine.tf.tensor4d(Float32Array.from({ length: 24 * 24 * 3 }, (_, i) => i % 50 / 50), [1, 24, 24, 3]);
    return Array.from((net.predictOnBatch(x) as engine.Tensor).dataSync());
  });
}

Deno.test("every model of the library is rebuilt from plain data, options included, to the same bits", async () => {
  await engine.use("onnx");
  const specs = [
    threadCnn(),
    smallCnn(),
    smallCnn({ width: 0.75, dropout: 0.2 }),
    smallCnn({ width: 2, inputSize: 24 }),
    smallResNet(),
    smallResNet({ inputSize: 24 }),
  ];
  for (const spec of specs) {
    const data = JSON.parse(JSON.stringify(portable(spec, input)));
    const [first, second] = [spec.build(input), await rebuild(data, input)];
    const said = answer(first);
    assert.deepEqual(answer(second), said, spec.name);
    assert.ok(Math.abs(said.reduce((sum, value) => sum + value, 0) - 1) < 1e-5);
    first.dispose();
    second.dispose();
  }
  assert.equal(new Set(specs.map(({ name }) => name)).size, specs.length);
  assert.equal(new Set(specs.map(({ config }) => JSON.stringify(config))).size, specs.length);
  assert.equal(engine.report().summary, "no fallback kernels");
});

Deno.test("a model that is not what it was is refused", async () => {
  const spec: ModelSpec = { ...smallCnn({ width: 0.5 }), config: { filters: [1, 2, 3, 4] } };
  await assert.rejects(rebuild(portable(spec, input)!, input), /it is not what it was/);
});
