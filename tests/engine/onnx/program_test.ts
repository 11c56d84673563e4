import assert from "node:assert/strict";
import { Builder } from "../../../lib/engine/onnx/lowering/builder.ts";
import { loadNative, type Native, type NativeSession } from "../../../lib/engine/onnx/run/native.ts";
import { Program } from "../../../lib/engine/onnx/run/program.ts";
import { Value } from "../../../lib/engine/onnx/value.ts";

/** ONNX Runtime, with what its runs return. */
async function watched(): Promise<{ native: Native; returned: unknown[] }> {
  const { version, createSession } = await loadNative();
  const returned: unknown[] = [];
  const watch = (session: NativeSession) =>
    new Proxy(session, {
      get(target, name) {
        const own = Reflect.get(target, name);
        if (typeof own !== "function") return own;
        return (...args: unknown[]) => {
          const result = own.apply(target, args);
          if (name === "run") returned.push(result);
          return result;
        };
      },
    });
  return { native: { version, createSession: () => watch(createSession()) }, returned };
}

Deno.test("results are written where they belong, and ONNX Runtime's addon copies none of them", async () => {
  const { native, returned } = await watched();
  const g = new Builder();
  const x = g.input("f0", [3], "float32");
  g.output(g.add(x, g.scalar(1)));
  g.output(g.mul(x, x));
  const program = new Program(native, g.graph(), 1);
  const input = new Value([3], "float32");
  input.data = Float32Array.of(1, 2, 3);
  const results = [new Float32Array(3), new Float32Array(3)];
  for (let run = 1; run <= 3; run++) {
    results.forEach((result) => result.fill(0));
    program.run([input], results);
    assert.deepEqual(results.map((result) => [...result]), [[2, 3, 4], [1, 4, 9]], `run ${run}`);
  }
  program.dispose();
  assert.deepEqual(returned, [], "a run that returns has copied its results");
});
