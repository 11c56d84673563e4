import * as tf from "@tensorflow/tfjs-core";

/** The parts of tfjs-layers' models that decide a step. Its types keep them to themselves. */
export interface Model {
  readonly layers: readonly Layer[];
  readonly weights: readonly LayerVariable[];
  readonly collectedTrainableWeights: readonly LayerVariable[];
  readonly optimizer_: tf.Optimizer;
  /** As the user gave it to `compile`. */
  readonly loss: unknown;
  readonly metrics: unknown;
  readonly lossFunctions: readonly unknown[];
  readonly metricsTensors: readonly unknown[];
  makeTrainFunction(): TrainFunction;
}

/** Takes inputs, targets and weights of examples, in this order; gives the loss and the metrics. */
export type TrainFunction = (data: readonly (tf.Tensor | null | undefined)[]) => tf.Tensor[];

interface LayerVariable {
  read(): tf.Variable;
}

interface Layer {
  /** Of a model within the model. */
  readonly layers?: readonly Layer[];
  /** A function for each regulariser, and what `addLoss` was given. */
  readonly _losses?: readonly unknown[];
  /** What `setCallHook` has set. */
  readonly _callHook?: unknown;
  /** Of dropout. */
  readonly rate?: number;
}

/** Layers whose training step is nothing but kernel calls on their inputs and weights: no random numbers, no state. */
const LAYERS = new Set([
  ...["InputLayer", "Dense", "Activation", "Flatten", "Reshape", "Permute", "RepeatVector", "Rescaling", "Embedding"],
  ...["Conv1D", "Conv2D", "Conv2DTranspose", "DepthwiseConv2D", "SeparableConv2D", "Conv3D", "Conv3DTranspose"],
  ...["ZeroPadding2D", "Cropping2D", "UpSampling2D", "BatchNormalization", "LayerNormalization"],
  ...["1D", "2D", "3D"].flatMap((rank) => [`MaxPooling${rank}`, `AveragePooling${rank}`]),
  ...["1D", "2D"].flatMap((rank) => [`GlobalMaxPooling${rank}`, `GlobalAveragePooling${rank}`]),
  ...["Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"],
  ...["ReLU", "LeakyReLU", "PReLU", "ELU", "ThresholdedReLU", "Softmax"],
]);

/** The same where it drops nothing. */
const DROPOUT = new Set(["Dropout"]);

const MODELS = new Set(["Model", "Functional", "Sequential"]);

/** Parts of layers that take part in a step. */
const ACTIVATIONS = new Set([
  ...["elu", "selu", "relu", "relu6", "linear", "sigmoid", "hardSigmoid", "softplus", "softsign", "tanh", "softmax"],
  ...["logSoftmax", "gelu", "gelu_new", "mish", "swish"],
]);
const REGULARISERS = new Set(["L1L2"]);

/** What a step calls of a layer. */
const METHODS = ["call", "apply", "calculateLosses"];

/** What no step reads of a layer: how it was built, what it is called, where else it is used. */
const UNREAD = /(initializer|constraint|weights|spec|nodes|names|masking)$|^(id|name|built|_updates|_refCount)$/i;

/**
 * What a model's training step depends on besides its data and weights. Reading it costs as much as looking whether it
 * is still the same, so that can be asked at every step.
 */
export class Settings {
  readonly weights: readonly tf.Variable[];
  readonly trainable: readonly tf.Variable[];
  readonly #objects: object[] = [];
  readonly #names: string[] = [];
  readonly #values: unknown[] = [];

  private constructor(model: Model) {
    this.weights = model.weights.map((weight) => weight.read());
    this.trainable = model.collectedTrainableWeights.map((weight) => weight.read());
    for (const name of ["optimizer_", "loss", "metrics", "lossFunctions", "collectedTrainableWeights"]) {
      this.#note(model, name);
    }
    for (const list of [model.lossFunctions, model.metricsTensors, model.collectedTrainableWeights]) {
      this.#noteAll(list);
    }
    for (const weight of model.weights) {
      this.#note(weight, "val");
      this.#note(weight.read(), "trainable");
    }
    for (const layer of [model, ...layersOf(model)]) for (const method of METHODS) this.#note(layer, method);
    for (const layer of layersOf(model)) {
      for (const [name, part] of Object.entries(layer)) {
        if (UNREAD.test(name)) continue;
        this.#note(layer, name);
        if (Array.isArray(part) || isPart(name) && part !== null) this.#noteAll(part);
      }
    }
  }

  /** null where a step may depend on more than can be seen: functions and classes of the user, random numbers, state. */
  static of(model: Model): Settings | null {
    const plain = isOf(MODELS, model) && isUntouched(model) && isNamed(model.loss) && isNamed(model.metrics) &&
      layersOf(model).every(isPlain);
    return plain ? new Settings(model) : null;
  }

  /** Whether all of it is as it was. */
  get current(): boolean {
    const [objects, names, values] = [this.#objects, this.#names, this.#values];
    for (let index = 0; index < objects.length; index++) {
      if ((objects[index] as Record<string, unknown>)[names[index]] !== values[index]) return false;
    }
    return true;
  }

  #note(object: object, name: string): void {
    this.#objects.push(object);
    this.#names.push(name);
    this.#values.push((object as Record<string, unknown>)[name]);
  }

  #noteAll(object: object): void {
    for (const name of Object.keys(object)) this.#note(object, name);
    if (Array.isArray(object)) this.#note(object, "length");
  }
}

/** All layers, those of models within the model and these models themselves. */
function layersOf({ layers }: Layer): Layer[] {
  return (layers ?? []).flatMap((layer) => [layer, ...layersOf(layer)]);
}

/** Whether a layer is tfjs's own, with nothing of the user's in it, and draws no random numbers. */
export function isPlain(object: object): boolean {
  const layer = object as Layer;
  const known = layer.layers === undefined
    ? isOf(LAYERS, layer) || isOf(DROPOUT, layer) && layer.rate === 0
    : isOf(MODELS, layer);
  const parts = Object.entries(layer).filter(([name, part]) => isPart(name) && part != null);
  const regularisers = parts.filter(([name]) => name !== "activation");
  return known && isUntouched(layer) && layer._callHook == null &&
    (layer._losses ?? []).length <= regularisers.length &&
    parts.every(([name, part]) => isOf(name === "activation" ? ACTIVATIONS : REGULARISERS, part));
}

/** Whether it does what its class does. */
function isUntouched(layer: object): boolean {
  return !METHODS.some((method) => Object.hasOwn(layer, method));
}

/** Whether an object's class is the one that tfjs registered under one of these names, and not derived from it. */
function isOf(names: ReadonlySet<string>, object: object): boolean {
  const { constructor } = object as { constructor: { className?: string } };
  const { className } = constructor;
  return className !== undefined && names.has(className) && registered(className) === constructor;
}

/** The class that tfjs knows under a name. */
export function registered(className: string): unknown {
  return tf.serialization.SerializationMap.getMap().classNameMap[className]?.[0];
}

/** Whether there is nothing but names in it: tfjs has the functions then. */
function isNamed(chosen: unknown): boolean {
  if (chosen === undefined || chosen === null || typeof chosen === "string") return true;
  return typeof chosen === "object" && Object.values(chosen).every(isNamed);
}

/** Whether a layer's property has code of its own that a step runs. */
function isPart(name: string): boolean {
  return name === "activation" || /regularizer$/i.test(name);
}
