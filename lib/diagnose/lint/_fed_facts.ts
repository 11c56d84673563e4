import type { FedBatch } from "../../train/mod.ts";
import { DiagnosisError } from "../errors.ts";

/** What is in a batch that a model is fed. */
export interface FedFacts {
  readonly inputs: Measured;
  readonly targets: Measured & {
    readonly encoding: "one-hot" | "integer";
    /** Numbers per image. */
    readonly width: number;
    /** Whether all of them are whole numbers. */
    readonly whole: boolean;
  };
}

export interface Measured {
  readonly low: number;
  readonly high: number;
  /** Images. */
  readonly n: number;
}

/** @throws DiagnosisError when shapes and numbers do not go together, or inputs and targets are of unequal length. */
export function fedFacts({ inputs, inputShape, targets, targetShape }: FedBatch): FedFacts {
  const [n] = inputShape;
  const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  if (
    !(n >= 1) || targetShape[0] !== n || sizeOf(inputShape) !== inputs.length || sizeOf(targetShape) !== targets.length
  ) {
    throw new DiagnosisError(
      `Cannot look at a batch: inputs and targets must be of the same images and fill their shapes, got ` +
        `${inputs.length} numbers as [${inputShape.join(", ")}] and ${targets.length} as [${targetShape.join(", ")}]`,
    );
  }
  const width = sizeOf(targetShape.slice(1));
  return {
    inputs: { ...extremes(inputs), n },
    targets: {
      ...extremes(targets),
      n,
      encoding: width === 1 ? "integer" : "one-hot",
      width,
      whole: Array.from(targets).every(Number.isInteger),
    },
  };
}

/** NaN where any number is: it must not hide behind the others. */
function extremes(values: ArrayLike<number>): { low: number; high: number } {
  let low = Infinity, high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return { low, high };
}
