import assert from "node:assert/strict";
import { type Tensor, tf, use } from "../../lib/engine/mod.ts";
import { Random } from "../../lib/stats/mod.ts";

/** Numbers and their shape, apart from any backend. */
export interface Raw {
  readonly shape: number[];
  readonly values: Float32Array;
}

/** Normally distributed numbers. */
export function normal(random: Random, shape: number[], scale = 1): Raw {
  const size = shape.reduce((n, extent) => n * extent, 1);
  return { shape, values: Float32Array.from({ length: size }, () => scale * random.normal()) };
}

/** The value of a function and the gradients with respect to all its inputs, on the engine in use. */
export function evaluate(f: (...inputs: Tensor[]) => Tensor, inputs: readonly Raw[], seed: number): Raw[] {
  return tf.tidy(() => {
    const tensors = inputs.map(({ shape, values }) => tf.tensor(values, shape));
    const value = f(...tensors);
    const dy = normal(new Random(`${seed}/dy`), value.shape);
    const gradients = tf.grads(f)(tensors, tf.tensor(dy.values, dy.shape));
    return [value, ...gradients].map((t) => ({ shape: t.shape, values: Float32Array.from(t.dataSync()) }));
  });
}

/** Asserts that two lists of tensors agree up to `tolerance` times the largest number of each. */
export function assertClose(actual: readonly Raw[], expected: readonly Raw[], what: string, tolerance = 2e-5): void {
  assert.equal(actual.length, expected.length, what);
  actual.forEach(({ shape, values }, index) => {
    const other = expected[index];
    assert.deepEqual(shape, other.shape, `${what}: shape of tensor ${index}`);
    const largest = other.values.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-3);
    values.forEach((value, at) => {
      const difference = Math.abs(value - other.values[at]);
      if (!(difference <= tolerance * largest)) {
        assert.fail(`${what}: tensor ${index} [${shape}] at ${at}: ${value} instead of ${other.values[at]}`);
      }
    });
  });
}

/** Asserts that the onnx engine gives the value and the gradients that the cpu engine gives. */
export async function assertAgrees(
  what: string,
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Raw[],
  tolerance?: number,
): Promise<void> {
  await use("cpu");
  const expected = evaluate(f, inputs, 1);
  await use("onnx", { threads: 2 });
  assertClose(evaluate(f, inputs, 1), expected, what, tolerance);
}
