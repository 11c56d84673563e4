import { BLOCKED_DOMAIN } from "../lowering/blocked.ts";
import { Builder } from "../lowering/builder.ts";
import { Value } from "../value.ts";
import type { Native } from "./native.ts";
import { Program } from "./program.ts";

/**
 * Channels in a block of ONNX Runtime's blocked layout on this processor: 16 with AVX-512, 8 with AVX2, 0 where it has
 * no such layout. Nothing but trying tells: where the second pixel of channel 0 lands after reordering.
 */
export function probeBlockSize(native: Native): number {
  const g = new Builder();
  const shape = [1, 32, 1, 2];
  const input = g.input("f0", shape, "float32");
  g.output(g.ops("ReorderInput", [input], [{ shape, dtype: "float32" }], {}, BLOCKED_DOMAIN)[0]);
  const pixels = new Value(shape, "float32");
  pixels.data = Float32Array.from({ length: 64 }, (_, i) => i);
  const result = new Float32Array(64);
  try {
    const program = new Program(native, g.graph(), 1);
    program.run([pixels], [result]);
    program.dispose();
  } catch {
    return 0;
  }
  const block = result.indexOf(1);
  return [8, 16].includes(block) ? block : 0;
}
