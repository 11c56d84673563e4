import assert from "node:assert/strict";
import { type Tensor, tf, use } from "../../lib/engine/mod.ts";
import { type LayoutChoice, setLayout } from "../../lib/engine/onnx/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { evaluate, normal, type Raw } from "./_compare.ts";
import { slope, type Wide } from "./_float64.ts";

/** Every layout that the onnx engine has; "auto" is blocked where the processor has that. */
export const layouts: readonly LayoutChoice[] = ["auto", "standard"];

/** Runs `body` on the onnx engine in every layout, one after the other. */
export async function inEveryLayout(body: (layout: LayoutChoice) => void | Promise<void>): Promise<void> {
  await use("onnx", { threads: 2 });
  try {
    for (const layout of layouts) {
      setLayout(layout);
      await body(layout);
    }
  } finally {
    setLayout("auto");
  }
}

/** One of the given things. */
export const pick = <T>(random: Random, ...choices: readonly T[]): T => choices[random.integer(choices.length)];

/** A function of images, once as tfjs operations and once in float64. */
export interface Case {
  readonly what: string;
  readonly inputs: readonly Raw[];
  readonly tensors: (...inputs: Tensor[]) => Tensor;
  readonly wide: (...inputs: Wide[]) => Wide;
  /** Largest error, as a share of the largest number of each tensor. 1e-5 at first. */
  readonly tolerance?: number;
  /** What the largest number is taken to be where it is smaller: for gradients that are zero but for rounding. */
  readonly floor?: number;
}

/** Numbers of each input whose derivative is compared. All of them would take minutes. */
const PLACES = 40;

/**
 * Asserts that a value is right in every layout, and its gradients with respect to all inputs: at {@link PLACES} places
 * of each, by differences in float64.
 */
export async function assertRight(
  { what, inputs, tensors, wide, tolerance = 1e-5, floor = 1e-2 }: Case,
): Promise<void> {
  const random = new Random(what);
  const exact = inputs.map(({ shape, values }): Wide => ({ shape, values: Float64Array.from(values) }));
  const value = wide(...exact);
  const dy = normal(new Random("1/dy"), [...value.shape]).values;
  const places = inputs.map(({ values }) => random.shuffled(Array.from(values.keys())).slice(0, PLACES));
  const slopes = places.map((list, input) => list.map((at) => slope(wide, exact, dy, input, at)));
  await inEveryLayout((layout) => {
    const [own, ...gradients] = evaluate(tensors, inputs, 1);
    const say = `${what}, layout ${layout}`;
    assert.deepEqual(own.shape, value.shape, say);
    assertNear(Array.from(own.values), Array.from(value.values), `${say}: value`, tolerance * floor, tolerance);
    gradients.forEach(({ shape, values }, input) => {
      assert.deepEqual(shape, inputs[input].shape, say);
      const where = `${say}: gradient of input ${input} [${shape}] at ${places[input]}`;
      assertNear(places[input].map((at) => values[at]), slopes[input], where, tolerance * floor, tolerance);
    });
  });
}

function assertNear(
  actual: readonly number[],
  expected: readonly number[],
  what: string,
  least: number,
  tolerance: number,
): void {
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const allowed = Math.max(least, tolerance * largest);
  actual.forEach((value, i) => {
    if (!(Math.abs(value - expected[i]) <= allowed)) {
      assert.fail(`${what}: number ${i} is ${value} instead of ${expected[i]} (the largest is ${largest})`);
    }
  });
}

/** A kernel called by its name: for gradients that tfjs's own gradient functions do not ask for. */
export function kernel(name: string, inputs: Record<string, Tensor>, attrs: object): Tensor {
  return tf.engine().runKernel(name, inputs, attrs as never) as Tensor;
}
