import assert from "node:assert/strict";
import { type EngineName, type Optimizer, type Tensor, tf, use } from "../../lib/engine/mod.ts";
import { flush, statistics } from "../../lib/engine/onnx/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { assertClose, normal, type Raw } from "./_compare.ts";

const optimisers: Record<string, () => Optimizer> = {
  "plain descent": () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.02, 0.9),
  "Nesterov's momentum": () => tf.train.momentum(0.02, 0.9, true),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(1, 0.9),
  adam: () => tf.train.adam(0.02),
  adamax: () => tf.train.adamax(0.02, 0.9, 0.99, 1e-7, 0.01),
  rmsprop: () => tf.train.rmsprop(0.01),
  "rmsprop with momentum": () => tf.train.rmsprop(0.01, 0.9, 0.5),
  "centred rmsprop": () => tf.train.rmsprop(0.01, 0.9, 0.3, 1e-7, true),
};

interface Regression {
  readonly variables: tf.Variable[];
  /** One step on a batch of its own. */
  step(optimiser: Optimizer): void;
  dispose(): void;
}

/** Linear regression on noise: gradients that are never zero, and differ from batch to batch. */
function regression(): Regression {
  const random = new Random("regression");
  const tensor = ({ shape, values }: Raw) => tf.tensor(values, shape);
  const variables = [[5, 3], [3]].map((shape) => tf.variable(tensor(normal(random, shape))));
  return {
    variables,
    step: (optimiser) =>
      tf.tidy(() => {
        const [x, y] = [tensor(normal(random, [8, 5])), tensor(normal(random, [8, 3]))];
        optimiser.minimize(
          () => {
            const predicted = tf.add(tf.matMul(x, variables[0] as tf.Tensor2D), variables[1]);
            return tf.mean(tf.square(tf.sub(predicted, y))) as tf.Scalar;
          },
          false,
          variables,
        );
      }),
    dispose: () => tf.dispose(variables),
  };
}

const raw = (tensors: readonly Tensor[]): Raw[] => {
  return tensors.map((tensor) => ({ shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) }));
};

async function on<T>(engine: EngineName, run: () => T | Promise<T>): Promise<T> {
  await use(engine, engine === "onnx" ? { threads: 2 } : {});
  return await run();
}

for (const [name, make] of Object.entries(optimisers)) {
  Deno.test(`20 steps of ${name} end where the cpu engine's do`, async () => {
    const train = () => {
      const problem = regression(), optimiser = make();
      for (let step = 0; step < 20; step++) problem.step(optimiser);
      const weights = raw(problem.variables);
      problem.dispose();
      optimiser.dispose();
      return weights;
    };
    const expected = await on("cpu", train);
    assert.ok(expected.every(({ values }) => values.every(Number.isFinite)));
    assertClose(await on("onnx", train), expected, name, 1e-4);
  });

  Deno.test(`a step of ${name} is one recorded call for all variables, and leaves no tensors behind`, async () => {
    await on("onnx", () => {
      const problem = regression(), optimiser = make();
      problem.step(optimiser);
      flush();
      const before = tf.memory().numTensors;
      const gradients = tf.tidy(() => problem.variables.map((value) => tf.keep(tf.onesLike(value))));
      flush();
      optimiser.applyGradients(problem.variables.map(({ name }, index) => ({ name, tensor: gradients[index] })));
      assert.equal(statistics().pending, 1);
      tf.dispose(gradients);
      assert.equal(tf.memory().numTensors, before);
      problem.dispose();
      optimiser.dispose();
    });
  });
}

Deno.test("a learning rate that changes at every step compiles nothing", async () => {
  await on("onnx", () => {
    const problem = regression(), optimiser = tf.train.adam(0.01);
    const settings = optimiser as unknown as { learningRate: number };
    let compiled = 0;
    for (let step = 0; step < 12; step++) {
      settings.learningRate *= 0.9;
      problem.step(optimiser);
      flush();
      if (step === 2) compiled = statistics().compiled;
    }
    assert.equal(statistics().compiled, compiled);
    problem.dispose();
    optimiser.dispose();
  });
});

Deno.test("variables that the loss does not depend on stay as they are", async () => {
  await on("onnx", () => {
    const [used, unused] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.tensor1d([3]))];
    const optimiser = tf.train.adam(0.1);
    optimiser.minimize(() => tf.sum(tf.square(used)) as tf.Scalar, false, [used, unused]);
    assert.deepEqual([...unused.dataSync()], [3]);
    assert.notEqual(used.dataSync()[0], 1);
    tf.dispose([used, unused]);
    optimiser.dispose();
  });
});

for (const name of ["momentum", "adagrad", "adadelta", "adam", "rmsprop", "centred rmsprop"]) {
  Deno.test(`${name} goes on from state that was saved, as if it had never stopped`, async () => {
    await on("onnx", async () => {
      const problem = regression(), optimiser = optimisers[name]();
      for (let step = 0; step < 5; step++) problem.step(optimiser);
      const saved = await optimiser.getWeights();
      assert.ok(saved.length > 2 && saved.every(({ name }) => name !== ""), `${saved.length} tensors of state`);

      const other = optimisers[name]();
      const state = saved.map(({ name, tensor }) => ({ name, tensor: tf.clone(tensor) }));
      await other.setWeights(state);
      assert.deepEqual((await other.getWeights()).map(({ name }) => name), saved.map(({ name }) => name));

      // The same batch for both, from the same weights.
      const weights = raw(problem.variables);
      const gradients = problem.variables.map((value) => ({ name: value.name, tensor: tf.onesLike(value) as Tensor }));
      optimiser.applyGradients(gradients);
      const expected = raw(problem.variables);
      problem.variables.forEach((variable, i) => variable.assign(tf.tensor(weights[i].values, weights[i].shape)));
      other.applyGradients(gradients);
      // tfjs takes the powers of Adam's betas anew when state is set.
      assertClose(raw(problem.variables), expected, name, 1e-6);
      tf.dispose(gradients.map(({ tensor }) => tensor));
      problem.dispose();
    });
  });
}
