import * as tf from "@tensorflow/tfjs-core";
import type { OnnxBackend } from "../backend.ts";
import { engine, isKnown } from "../dispatch/engine.ts";
import { isDType, type Value } from "../value.ts";
import { RecordedStep, type Seen } from "./recorded_step.ts";
import { type Model, registered, Settings, type TrainFunction } from "./settings.ts";

/**
 * Makes models of tfjs-layers repeat the calls of a training step, as long as nothing that decides them has changed:
 * `fit` and `trainOnBatch` then skip layers, losses and the tape, which are most of a small network's JavaScript. The
 * optimiser takes its step as ever. What a step computes is the same, to the bit; so is what tfjs counts.
 *
 * Two steps in a row must have made the same calls. Models with parts that are not tfjs's own, or that draw random
 * numbers, are left alone (`settings.ts`), and so is everybody who profiles or debugs.
 */
export function installSteps(backendName: string): void {
  const model = registered("Model") as { prototype: Model } | undefined;
  if (installed || model === undefined || !isKnown()) return;
  const { prototype } = model;
  const stock = prototype.makeTrainFunction;
  prototype.makeTrainFunction = function (this: Model): TrainFunction {
    const train = stock.call(this);
    return (data) => canRepeat(backendName, this) ? stepsOf(this).run(data, train) : train(data);
  };
  tf.Optimizer.prototype.computeGradients = function (...call) {
    const gradients = computeGradients.apply(this, call);
    listener?.(gradients);
    return gradients;
  };
  installed = true;
}

let installed = false;
let repeating = true;

/** Whether training steps are repeated where they can be: yes at first. It changes the time that a step takes only. */
export function setRepeating(choice: boolean): void {
  repeating = choice;
}

const { minimize, computeGradients } = tf.Optimizer.prototype;

/** Is told what the next optimiser has found. */
let listener: ((found: { value: tf.Tensor; grads: tf.NamedTensorMap }) => void) | null = null;

function canRepeat(backendName: string, { optimizer_ }: Model): boolean {
  const { state, ENV } = engine();
  return repeating && tf.getBackend() === backendName && !state.profiling && !ENV.getBool("DEBUG") &&
    state.gradientDepth === 0 && state.kernelDepth === 0 && optimizer_.minimize === minimize &&
    optimizer_.computeGradients === tf.Optimizer.prototype.computeGradients;
}

const steps = new WeakMap<Model, Steps>();

function stepsOf(model: Model): Steps {
  let own = steps.get(model);
  if (own === undefined) steps.set(model, own = new Steps(model));
  return own;
}

/** Steps in a row that a model may take otherwise than the one before, until it is left alone. */
const PATIENCE = 8;

/** Shapes of batches for which steps are kept. */
const SHAPES = 4;

type Data = Parameters<TrainFunction>[0];

/** What is known of a model's steps. */
class Steps {
  #settings: Settings | null = null;
  /** By the shapes and types of what a step is given. */
  readonly #recorded = new Map<string, { step: RecordedStep; confirmed: boolean }>();
  #surprises = 0;

  constructor(readonly model: Model) {}

  run(data: Data, train: TrainFunction): tf.Tensor[] {
    if (this.#surprises > PATIENCE || !this.#know()) return train(data);
    const { weights } = this.#settings!;
    if (![...data, ...weights].every((tensor) => tensor == null || !tensor.isDisposed && isDType(tensor.dtype))) {
      return train(data);
    }
    const key = data.map((tensor) => tensor && `${tensor.dtype}${tensor.shape}`).join();
    const known = this.#recorded.get(key);
    if (known?.confirmed) {
      this.#surprises = 0;
      return this.#repeat(known.step, data);
    }
    if (known === undefined && this.#recorded.size === SHAPES) return train(data);
    const { step, results } = this.#watch(data, train);
    const same = step !== null && known !== undefined && step.equals(known.step);
    if (step === null || known !== undefined && !same) this.#surprises++;
    if (step !== null) this.#recorded.set(key, { step, confirmed: same });
    return results;
  }

  /** Whether all that decides a step can be known, and is what it was or has been looked up again. */
  #know(): boolean {
    if (this.#settings?.current) return true;
    if (this.#settings !== null) this.#surprises++;
    this.#recorded.clear();
    this.#settings = Settings.of(this.model);
    if (this.#settings === null) this.#surprises++;
    return this.#settings !== null;
  }

  /** The values that a step may read: of the examples and of all weights. */
  #given(data: Data): Value[] {
    const backend = tf.backend() as OnnxBackend;
    const given: Value[] = [];
    for (const tensor of data) if (tensor) given.push(backend.valueBehind(tensor));
    for (const weight of this.#settings!.weights) given.push(backend.valueBehind(weight));
    return given;
  }

  /** An ordinary step, and what it did; null where that cannot be repeated. */
  #watch(
    data: Data,
    train: TrainFunction,
  ): { readonly step: RecordedStep | null; readonly results: tf.Tensor[] } {
    const backend = tf.backend() as OnnxBackend;
    const settings = this.#settings!;
    const given = this.#given(data);
    const mark = backend.mark();
    let seen: Seen | undefined;
    listener = ({ grads }) => {
      listener = null;
      const calls = backend.callsSince(mark);
      if (calls === null) return;
      const gradients = settings.trainable.map(({ name }) => grads[name] ? backend.operandOf(grads[name]) : null);
      seen = { calls, given, gradients, weights: settings.weights.map((weight) => backend.operandOf(weight)) };
    };
    let results: tf.Tensor[];
    try {
      results = train(data);
    } finally {
      listener = null;
    }
    const step = seen && RecordedStep.of(seen, results.map((tensor) => backend.operandOf(tensor)));
    return { step: step ?? null, results };
  }

  #repeat(step: RecordedStep, data: Data): tf.Tensor[] {
    const { weights, trainable } = this.#settings!;
    const { gradients, assigned, results } = step.repeat(tf.backend() as OnnxBackend, this.#given(data));
    for (const { index, tensor } of assigned) {
      weights[index].assign(tensor);
      tensor.dispose();
    }
    const named = trainable.map(({ name }, index) => ({ name, tensor: gradients[index]! }));
    this.model.optimizer_.applyGradients(named);
    for (const gradient of gradients) gradient?.dispose();
    const [loss, ...metrics] = results;
    return [loss, ...metrics.map((metric) => tf.keep(metric))];
  }
}
