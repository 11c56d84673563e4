import assert from "node:assert/strict";
import {
  layers,
  type Optimizer,
  type Sequential,
  type SymbolicTensor,
  type Tensor,
  tf,
  use,
} from "../../../lib/engine/mod.ts";
import { setRepeating, statistics } from "../../../lib/engine/onnx/mod.ts";
import { tinyData, tinyModel, weightsOf } from "../_models.ts";

const l = layers.layers;
const STEPS = 7;

/** Steps that are taken as usual before the others are repeated. */
const WATCHED = 2;

type Train = (model: layers.LayersModel, step: number) => Promise<unknown>;

interface Course {
  readonly losses: number[][];
  readonly weights: Float32Array[];
  readonly repeated: number;
  readonly compiled: number;
  readonly tensors: number;
}

/** What training comes to; with repeated steps if `repeating`. */
async function course(
  repeating: boolean,
  build: () => layers.LayersModel,
  train: Train,
  steps = STEPS,
): Promise<Course> {
  await use("onnx", { threads: 1 });
  setRepeating(repeating);
  const before = statistics();
  const model = build();
  const losses: number[][] = [];
  let tensors = 0;
  try {
    for (let step = 0; step < steps; step++) {
      const result = await train(model, step);
      losses.push([result].flat().map(Number));
      // The optimiser's state exists after the first step.
      if (step === 0) tensors = tf.memory().numTensors;
    }
    const weights = weightsOf(model as Sequential);
    const { repeatedSteps, compiled } = statistics();
    return {
      losses,
      weights,
      repeated: repeatedSteps - before.repeatedSteps,
      compiled: compiled - before.compiled,
      tensors: tf.memory().numTensors - tensors,
    };
  } finally {
    setRepeating(true);
    model.dispose();
  }
}

/** The same course with and without repeating, `repeated` steps of it repeated. */
async function assertSame(
  repeated: number,
  build: () => layers.LayersModel,
  train: Train,
  steps = STEPS,
): Promise<void> {
  const usual = await course(false, build, train, steps);
  const quick = await course(true, build, train, steps);
  assert.equal(usual.repeated, 0);
  assert.equal(quick.repeated, repeated);
  assert.deepEqual(quick.losses, usual.losses);
  assert.deepEqual(quick.weights, usual.weights);
  assert.equal(quick.tensors, usual.tensors, "tensors left behind");
  assert.equal(quick.compiled, 0, "a repeated step is the same graph");
}

const adam = () => tf.train.adam(0.01);

function compiled(model: layers.LayersModel, settings: Partial<layers.ModelCompileArgs> = {}): layers.LayersModel {
  model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"], ...settings });
  return model;
}

/** One step on images that are others at every step. */
async function oneStep(model: layers.LayersModel, step: number, images = 6): Promise<unknown> {
  const { x, y } = tinyData(images);
  const shifted = tf.add(x, step / 10);
  const result = await model.trainOnBatch(shifted, y);
  tf.dispose([x, y, shifted]);
  return result;
}

Deno.test("steps are repeated to the bit, with normalisation, regularisers and metrics, and leave nothing behind", async () => {
  const build = () => {
    const kernelInitializer = layers.initializers.glorotUniform({ seed: 1 });
    const kernelRegularizer = layers.regularizers.l1l2({ l1: 0.01, l2: 0.02 });
    return compiled(layers.sequential({
      layers: [
        l.conv2d({ filters: 4, kernelSize: 3, inputShape: [9, 9, 3], kernelInitializer, kernelRegularizer }),
        l.batchNormalization({ momentum: 0.8 }),
        l.activation({ activation: "elu" }),
        l.maxPooling2d({ poolSize: 2 }),
        l.flatten(),
        l.dense({ units: 4, activation: "softmax", kernelInitializer }),
      ],
    }));
  };
  await assertSame(STEPS - WATCHED, build, oneStep);
});

for (
  const [name, optimizer] of Object.entries<() => Optimizer>({
    sgd: () => tf.train.sgd(0.1),
    momentum: () => tf.train.momentum(0.05, 0.9),
    rmsprop: () => tf.train.rmsprop(0.005),
  })
) {
  Deno.test(`repeated steps of ${name} are its steps`, async () => {
    await assertSame(STEPS - WATCHED, () => compiled(tinyModel(), { optimizer: optimizer() }), oneStep);
  });
}

Deno.test("a model in a model, two inputs and two outputs", async () => {
  const build = () => {
    const kernelInitializer = layers.initializers.glorotUniform({ seed: 2 });
    const images = layers.input({ shape: [9, 9, 3] }), extra = layers.input({ shape: [4] });
    const features = layers.sequential({
      layers: [l.conv2d({ filters: 3, kernelSize: 3, inputShape: [9, 9, 3], kernelInitializer }), l.flatten()],
    }).apply(images) as SymbolicTensor;
    const joined = l.concatenate().apply([features, extra]) as SymbolicTensor;
    const head = (units: number, activation: "softmax" | "linear") =>
      l.dense({ units, activation, kernelInitializer }).apply(joined) as SymbolicTensor;
    return compiled(layers.model({ inputs: [images, extra], outputs: [head(4, "softmax"), head(1, "linear")] }), {
      loss: ["sparseCategoricalCrossentropy", "meanSquaredError"],
      metrics: [],
    });
  };
  await assertSame(STEPS - WATCHED, build, async (model, step) => {
    const { x, y } = tinyData(5);
    const more = tf.randomNormal([5, 4], 0, 1, "float32", step + 1);
    const numbers = tf.mul(y, 0.1);
    const result = await model.trainOnBatch([x, more], [y, numbers]);
    tf.dispose([x, y, more, numbers]);
    return result;
  });
});

Deno.test("fit repeats its steps, the smaller last batch too, with validation in between", async () => {
  const build = () => compiled(tinyModel());
  const { x, y } = tinyData(10);
  // Epochs of batches of 4, 4 and 2.
  await assertSame(4 * 3 - 2 * WATCHED, build, async (model) => {
    const { history } = await model.fit(x, y, {
      batchSize: 4,
      epochs: 1,
      shuffle: false,
      verbose: 0,
      validationData: [x, y],
    });
    return history.loss;
  }, 4);
  tf.dispose([x, y]);
});

Deno.test("what changes between steps takes effect: learning rate, weights, settings of layers", async () => {
  const change = (model: layers.LayersModel, step: number) => {
    const norm = model.layers[1] as unknown as { momentum: number };
    if (step === 3) (model.optimizer as unknown as { learningRate: number }).learningRate = 0.002;
    if (step === 4) {
      const halved = tf.tidy(() => model.getWeights().map((weight) => tf.mul(weight, 0.5)));
      model.setWeights(halved);
      tf.dispose(halved);
    }
    if (step === 5) norm.momentum = 0.5;
    return oneStep(model, step);
  };
  // The changed layer is watched again for two steps.
  await assertSame(10 - 2 * WATCHED, () => compiled(tinyModel()), change, 10);
});

Deno.test("a layer that gets a call of its own later is called", async () => {
  const replace = (model: layers.LayersModel, step: number) => {
    const [conv] = model.layers;
    const { call } = conv;
    if (step === 4) conv.call = (...args) => tf.mul(call.apply(conv, args) as Tensor, 1.5);
    return oneStep(model, step);
  };
  await assertSame(4 - WATCHED, () => compiled(tinyModel()), replace);
});

Deno.test("a model that is compiled anew, with less to train and another loss, takes its new steps", async () => {
  const again = (model: layers.LayersModel, step: number) => {
    if (step === 4) {
      model.layers[0].trainable = false;
      compiled(model, { optimizer: tf.train.sgd(0.1), metrics: [] });
    }
    return oneStep(model, step);
  };
  await assertSame(10 - 2 * WATCHED, () => compiled(tinyModel()), again, 10);
});

Deno.test("batches of many shapes are trained on as usual beyond some", async () => {
  const shapes = [2, 3, 4, 5, 6, 7];
  await assertSame(
    4,
    () => compiled(tinyModel()),
    (model, step) => oneStep(model, step, shapes[step % 6]),
    18,
  );
});

/** Models whose steps are more than can be seen. */
const others: Record<string, () => layers.LayersModel> = {
  "dropout, which draws numbers": () => compiled(tinyModel(0.5)),
  "a loss of the user's": () => {
    const model = layers.sequential({ layers: [l.flatten({ inputShape: [9, 9, 3] }), l.dense({ units: 1 })] });
    return compiled(model, { loss: (y: Tensor, p: Tensor) => tf.mean(tf.squaredDifference(y, p), -1), metrics: [] });
  },
  "a metric of the user's": () => {
    return compiled(tinyModel(), { metrics: [(_: Tensor, p: Tensor) => tf.max(p, -1)] });
  },
  "a layer of the user's": () => {
    class Noisy extends l.Layer {
      static className = "Noisy";
      override call(inputs: Tensor | Tensor[]): Tensor {
        const x = Array.isArray(inputs) ? inputs[0] : inputs;
        return tf.add(x, Math.random());
      }
    }
    return compiled(layers.sequential({
      layers: [
        new Noisy({ inputShape: [9, 9, 3] }) as unknown as layers.layers.Layer,
        l.flatten(),
        l.dense({ units: 4, activation: "softmax" }),
      ],
    }));
  },
  "a class derived from tfjs's": () => {
    const model = compiled(tinyModel());
    const dense = model.layers.at(-1)!;
    Object.setPrototypeOf(dense, class extends (dense.constructor as { new (): object }) {}.prototype);
    return model;
  },
  "a layer with a call of its own": () => {
    const model = compiled(tinyModel());
    const [conv] = model.layers;
    const call = conv.call;
    conv.call = function (...args) {
      return call.apply(this, args);
    };
    return model;
  },
  "a loss that a layer was given": () => {
    const model = compiled(tinyModel());
    const conv = model.layers[0] as unknown as { addLoss(loss: () => Tensor): void };
    conv.addLoss(() => tf.scalar(Math.random()));
    return model;
  },
  "a hook on a layer": () => {
    const model = compiled(tinyModel());
    (model.layers[0] as unknown as { setCallHook(hook: () => void): void }).setCallHook(() => {});
    return model;
  },
  "an optimiser that finds gradients in its own way": () => {
    const optimizer = tf.train.sgd(0.1);
    optimizer.computeGradients = (f, variables) => tf.variableGrads(f, variables);
    return compiled(tinyModel(), { optimizer });
  },
};

for (const [what, build] of Object.entries(others)) {
  Deno.test(`steps are not repeated with ${what}`, async () => {
    const { repeated, losses } = await course(true, build, oneStep, 4);
    assert.equal(repeated, 0);
    assert.equal(losses.length, 4);
  });
}

Deno.test("who profiles sees every operation", async () => {
  await use("onnx", { threads: 1 });
  const model = compiled(tinyModel());
  for (let step = 0; step < 4; step++) await oneStep(model, step);
  const { x, y } = tinyData(6);
  const { kernelNames } = await tf.profile(async () => tf.scalar((await model.trainOnBatch(x, y) as number[])[0]));
  assert.ok(kernelNames.includes("Conv2D"), kernelNames.join());
  tf.dispose([x, y]);
  model.dispose();
});

Deno.test("a model that is gone says so after steps that were repeated", async () => {
  await use("onnx", { threads: 1 });
  const model = compiled(tinyModel());
  for (let step = 0; step < 4; step++) await oneStep(model, step);
  model.dispose();
  await assert.rejects(oneStep(model, 5), /disposed/);
});

Deno.test("steps go on where they were after one on another engine", async () => {
  const build = () => compiled(tinyModel());
  const usual = await course(true, build, oneStep);
  const between = await course(true, build, async (model, step) => {
    if (step === 4) {
      await use("cpu");
      const other = build();
      await oneStep(other, 0);
      other.dispose();
      await use("onnx", { threads: 1 });
    }
    return oneStep(model, step);
  });
  assert.deepEqual(between.losses, usual.losses);
  assert.equal(between.repeated, STEPS - WATCHED);
});

Deno.test("one tensor as two inputs of a step: nothing says which one a call has read, so it is not repeated", async () => {
  const build = () => {
    const [a, b] = [layers.input({ shape: [4] }), layers.input({ shape: [4] })];
    const difference = l.dense({ units: 1 }).apply(l.concatenate().apply([a, b])) as SymbolicTensor;
    return compiled(layers.model({ inputs: [a, b], outputs: difference }), { loss: "meanSquaredError", metrics: [] });
  };
  const { repeated } = await course(true, build, async (model) => {
    const [x, y] = [tf.ones([2, 4]), tf.ones([2, 1])];
    const loss = await model.trainOnBatch([x, x], y);
    tf.dispose([x, y]);
    return loss;
  });
  assert.equal(repeated, 0);
});
