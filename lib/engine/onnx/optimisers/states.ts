import * as tf from "@tensorflow/tfjs-core";
import type { RuleName } from "../operators/optimiser.ts";

/** A variable of an optimiser's state, as tfjs's optimisers keep it. */
export interface OptimizerVariable {
  readonly originalName: string;
  readonly variable: tf.Variable;
}

/** The fields that hold a tfjs optimiser's settings and state. Its types keep them to themselves. */
// deno-lint-ignore no-explicit-any
export type Fields = any;

/** Where a rule finds its settings and state in a tfjs optimiser. The state stays there, for `getWeights` and all. */
export interface OptimiserState {
  rule(fields: Fields): RuleName;
  /** Settings in the rule's order. They may change from step to step. */
  numbers(fields: Fields): readonly (number | tf.Tensor)[];
  /** Variables that exist once. */
  globals(fields: Fields): readonly tf.Variable[];
  /** For each slot: the field with its variables, what its names end in, and what it starts with. */
  slots(fields: Fields): readonly Slot[];
}

export type Slot = readonly [field: string, suffix: string, start?: number];

const none = () => [];

type Class = new (...args: never[]) => tf.Optimizer;

/** Every optimiser of tfjs. Momentum comes after plain descent, whose subclass it is. */
export const states: readonly (readonly [Class, OptimiserState])[] = [
  [tf.SGDOptimizer, {
    rule: () => "Sgd",
    numbers: ({ c }) => [c],
    globals: none,
    slots: none,
  }],
  [tf.MomentumOptimizer, {
    rule: ({ useNesterov }) => useNesterov ? "Nesterov" : "Momentum",
    numbers: ({ c, m }) => [c, m],
    globals: none,
    slots: () => [["accumulations", "momentum"]],
  }],
  [tf.AdagradOptimizer, {
    rule: () => "Adagrad",
    numbers: ({ learningRate }) => [-learningRate, tf.backend().epsilon()],
    globals: none,
    slots: ({ initialAccumulatorValue }) => [["accumulatedGrads", "accumulator", initialAccumulatorValue]],
  }],
  [tf.AdadeltaOptimizer, {
    rule: () => "Adadelta",
    numbers: ({ learningRate, rho, epsilon }) => [-learningRate, rho, 1 - rho, epsilon],
    globals: none,
    slots: () => [["accumulatedGrads", "accum_grad"], ["accumulatedUpdates", "accum_var"]],
  }],
  [tf.AdamOptimizer, {
    rule: () => "Adam",
    numbers: ({ learningRate, beta1, beta2, epsilon }) => [-learningRate, beta1, 1 - beta1, beta2, 1 - beta2, epsilon],
    globals: ({ accBeta1, accBeta2 }) => [accBeta1, accBeta2],
    slots: () => [["accumulatedFirstMoment", "m"], ["accumulatedSecondMoment", "v"]],
  }],
  [tf.AdamaxOptimizer, {
    rule: () => "Adamax",
    numbers: ({ learningRate, beta1, beta2, epsilon, decay }) => {
      return [-learningRate, beta1, 1 - beta1, beta2, epsilon, decay];
    },
    globals: ({ iteration, accBeta1 }) => [iteration, accBeta1],
    slots: () => [["accumulatedFirstMoment", "m"], ["accumulatedWeightedInfNorm", "v"]],
  }],
  [tf.RMSPropOptimizer, {
    rule: ({ centered }) => centered ? "CentredRmsProp" : "RmsProp",
    numbers: ({ learningRate, decay, momentum, epsilon }) => [learningRate, decay, 1 - decay, momentum, epsilon],
    globals: none,
    slots: ({ centered }) => [
      ["accumulatedMeanSquares", "rms"],
      ["accumulatedMoments", "momentum"],
      ...(centered ? [["accumulatedMeanGrads", "mg"] as const] : []),
    ],
  }],
];
