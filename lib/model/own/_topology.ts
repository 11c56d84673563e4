import { activation, constraint, initialiser, regulariser } from "./_keras_objects.ts";
import { type Fault, isObject, type JsonObject, type Topology } from "./_json_types.ts";
import { checkOptions, isKnownLayer, unknownLayer } from "./_keras_layers.ts";

export type { Topology } from "./_json_types.ts";

/** What is built of layers. "Model" is what Keras 2 calls a functional one. */
const MODELS = ["Sequential", "Functional", "Model"];

/** A translation under way. */
interface Context {
  readonly fault: Fault;
  /** Layers with weights that the file wants to stay as they are. */
  frozen: number;
}

/**
 * An architecture as TensorFlow.js deserialises it, from one of these:
 *
 * - a layers model of TensorFlow.js (`modelTopology`, also of its converter);
 * - `model.to_json()` of Keras 2 (snake case, `inbound_nodes` of nested lists);
 * - `model.to_json()` of Keras 3 (objects with `module` and `registered_name`, `batch_shape`, tensors as arguments).
 *
 * Seeds are dropped, so that each training draws its own; frozen layers are thawed, since their weights start fresh.
 *
 * @throws What `fault` makes of a clause that says what is wrong.
 */
export function translated(json: unknown, fault: Fault): { readonly topology: Topology; readonly frozen: number } {
  if (!isObject(json)) throw fault("it must be a JSON object, and is none");
  if (json.format === "graph-model") {
    throw fault("it is a graph model, which cannot be trained: convert the Keras model to a layers model");
  }
  const described = json.modelTopology ?? json.model_config ?? json;
  const model = isObject(described) && isObject(described.model_config) ? described.model_config : described;
  if (!isObject(model) || typeof model.class_name !== "string") {
    throw fault('it must be a model of TensorFlow.js or Keras, but has neither "modelTopology" nor "class_name"');
  }
  const context: Context = { fault, frozen: 0 };
  return { topology: modelOf(model, context), frozen: context.frozen };
}

function modelOf(model: JsonObject, context: Context): Topology {
  const { fault } = context;
  const name = String(model.class_name);
  if (!MODELS.includes(name)) {
    throw fault(
      `it must be a Sequential or Functional model, it is "${name}" (subclassed models keep no architecture)`,
    );
  }
  // Old versions give a list of layers alone.
  const config: JsonObject = Array.isArray(model.config) ? { layers: model.config } : model.config as JsonObject;
  if (!isObject(config) || !Array.isArray(config.layers) || config.layers.length === 0) {
    throw fault("it has no layers");
  }
  const list = config.layers as JsonObject[];
  const named = typeof config.name === "string" ? { name: config.name } : {};
  const layers = list.map((layer) => layerOf(layer, context));
  if (name === "Sequential") return { className: name, config: { ...named, layers } };
  const models = new Set(list.filter(({ class_name }) => MODELS.includes(String(class_name))).map(nameOf));
  return {
    className: "Functional",
    config: {
      ...named,
      layers: layers.map((layer, i) => ({
        ...layer,
        name: nameOf(list[i]),
        inboundNodes: inboundNodes(list[i], models, fault),
      })),
      inputLayers: ends(config.input_layers, "inputs", fault),
      outputLayers: ends(config.output_layers, "outputs", fault),
    },
  };
}

function layerOf(layer: JsonObject, context: Context): Topology {
  const className = String(layer.class_name);
  if (MODELS.includes(className)) return modelOf(layer, context);
  const { fault } = context;
  const name = nameOf(layer);
  if (!isKnownLayer(className)) throw fault(unknownLayer(className, name));
  const config = (layer.config ?? {}) as JsonObject;
  checkOptions(className, name, config, fault);
  if (config.trainable === false && layerHasWeights(config)) context.frozen++;

  const made: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    if (["dtype", "trainable", "seed", "batch_shape", "batch_input_shape", "sparse", "ragged"].includes(key)) continue;
    if (value === null) continue;
    const where = `the layer "${name}"`;
    if (key.endsWith("_initializer")) made[camel(key)] = initialiser(value, where, fault);
    else if (key.endsWith("_regularizer")) made[camel(key)] = regulariser(value, where, fault);
    else if (key.endsWith("_constraint")) made[camel(key)] = constraint(value, where, fault);
    else if (key === "activation") made.activation = activation(value, where, fault, "module" in layer);
    else if (key === "name") made.name = value;
    else if (key === "negative_slope") made.alpha = value;
    // TensorFlow keeps the axis of batch normalisation as a list of one.
    else if (key === "axis" && Array.isArray(value) && value.length === 1) made.axis = value[0];
    else made[camel(key)] = camelAll(value);
  }
  const shape = config.batch_shape ?? config.batch_input_shape;
  // A fixed batch would forbid the smaller last one.
  if (Array.isArray(shape)) made.batchInputShape = [null, ...shape.slice(1)];
  return { className, config: made };
}

/** Only what has weights tells how they begin. */
function layerHasWeights(config: JsonObject): boolean {
  return Object.keys(config).some((key) => key.endsWith("_initializer"));
}

/** [node][tensor] of [layer, node index, tensor index, {}]. */
function inboundNodes(layer: JsonObject, models: ReadonlySet<string>, fault: Fault): unknown[][] {
  const nodes = (layer.inbound_nodes ?? []) as unknown[];
  return nodes.map((node) => {
    if (Array.isArray(node)) return node.map((tensor) => [...tensor.slice(0, 3), {}]);
    const { args, kwargs } = node as { args: unknown[]; kwargs: JsonObject };
    const refuse = () => fault(`the layer "${nameOf(layer)}" is called with more than the outputs of other layers`);
    if (Object.values(kwargs ?? {}).some((value) => isTensor(value))) throw refuse();
    return args.flat().map((argument) => {
      if (!isTensor(argument)) throw refuse();
      const [name, index, tensor] = argument.config.keras_history;
      // A model within a model counts how it was made as its first call in TensorFlow.js, but not in Keras 3.
      return [name, index + (models.has(name) ? 1 : 0), tensor, {}];
    });
  });
}

function isTensor(value: unknown): value is { config: { keras_history: [string, number, number] } } {
  return isObject(value) && value.class_name === "__keras_tensor__";
}

/** The layers that a functional model begins or ends with. Keras 3 writes one of them without a list around it. */
function ends(list: unknown, what: "inputs" | "outputs", fault: Fault): unknown[][] {
  if (!Array.isArray(list)) throw fault(`its ${what} have names of their own: give it one without`);
  const all = typeof list[0] === "string" ? [list] : list;
  return all as unknown[][];
}

function nameOf(layer: JsonObject): string {
  return String(layer.name ?? (layer.config as JsonObject | undefined)?.name ?? layer.class_name);
}

function camel(text: string): string {
  return text.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function camelAll(value: unknown): unknown {
  return typeof value === "string" ? camel(value) : value;
}
