/** Architectures as Keras and TensorFlow.js write them, cut to what is read. */

type Json = Record<string, unknown>;

const policy = { module: "keras", class_name: "DTypePolicy", config: { name: "float32" }, registered_name: null };

/** An object of Keras 3. */
export function object3(module: string, name: string, config: Json = {}): Json {
  return { module, class_name: name, config, registered_name: null };
}

/** A layer of Keras 3. */
export function layer3(name: string, config: Json): Json {
  return { ...object3("keras.layers", name, { trainable: true, dtype: policy, ...config }), build_config: {} };
}

export function input3(size: number | null, channels = 3): Json {
  return object3("keras.layers", "InputLayer", {
    batch_shape: [null, size, size, channels],
    dtype: "float32",
    name: "input",
  });
}

const glorot = object3("keras.initializers", "GlorotUniform", { seed: null, input_axes: null, output_axes: null });

export function conv3(config: Json = {}): Json {
  return layer3("Conv2D", {
    name: "conv",
    filters: 4,
    kernel_size: [3, 3],
    strides: [1, 1],
    padding: "valid",
    data_format: "channels_last",
    dilation_rate: [1, 1],
    groups: 1,
    activation: "relu",
    use_bias: true,
    kernel_initializer: glorot,
    bias_initializer: object3("keras.initializers", "Zeros"),
    kernel_regularizer: object3("keras.regularizers", "L2", { l2: 0.01 }),
    ...config,
  });
}

export const average3 = layer3("GlobalAveragePooling2D", {
  name: "average",
  data_format: "channels_last",
  keepdims: false,
});

export function dense3(units: number, config: Json = {}): Json {
  return layer3("Dense", {
    name: "dense",
    units,
    activation: "softmax",
    use_bias: true,
    kernel_initializer: glorot,
    ...config,
  });
}

export function sequential3(...layers: Json[]): Json {
  return { ...object3("keras", "Sequential", { name: "net", layers }), compile_config: {} };
}

/** A tensor of Keras 3, as an argument of a call. */
export function tensor3(layer: string): Json {
  return { class_name: "__keras_tensor__", config: { shape: [null], dtype: "float32", keras_history: [layer, 0, 0] } };
}

/** input -> a, b -> sum -> dense, in Keras 3. */
export function functional3(sum: Json = { args: [[tensor3("a"), tensor3("b")]], kwargs: {} }): Json {
  const node = (layer: Json, name: string, ...inbound: Json[]) => ({ ...layer, name, inbound_nodes: inbound });
  const call = (name: string) => ({ args: [tensor3(name)], kwargs: {} });
  return object3("keras.src.models.functional", "Functional", {
    name: "branched",
    layers: [
      node(input3(16), "input"),
      node(conv3({ name: "a" }), "a", call("input")),
      node(conv3({ name: "b" }), "b", call("input")),
      node(layer3("Add", { name: "sum" }), "sum", sum),
      node(average3, "average", call("sum")),
      node(dense3(3), "dense", call("average")),
    ],
    input_layers: ["input", 0, 0],
    output_layers: ["dense", 0, 0],
  });
}

/** The same in Keras 2. */
export function functional2(): Json {
  const node = (class_name: string, config: Json, ...inbound: string[]) => ({
    class_name,
    config,
    name: config.name,
    inbound_nodes: inbound.length === 0 ? [] : [inbound.map((name) => [name, 0, 0, {}])],
  });
  const conv = {
    filters: 4,
    kernel_size: [3, 3],
    padding: "valid",
    data_format: "channels_last",
    activation: "relu",
    use_bias: true,
    dtype: "float32",
    kernel_initializer: { class_name: "GlorotUniform", config: { seed: 7 } },
  };
  return {
    class_name: "Functional",
    keras_version: "2.11.0",
    backend: "tensorflow",
    config: {
      name: "branched",
      layers: [
        node("InputLayer", { batch_input_shape: [null, 16, 16, 3], dtype: "float32", sparse: false, name: "input" }),
        node("Conv2D", { ...conv, name: "a" }, "input"),
        node("Conv2D", { ...conv, name: "b" }, "input"),
        node("Add", { name: "sum", dtype: "float32" }, "a", "b"),
        node("BatchNormalization", { name: "norm", axis: [3], momentum: 0.99 }, "sum"),
        node("GlobalAveragePooling2D", { name: "average", data_format: "channels_last" }, "norm"),
        node("Dense", { name: "dense", units: 3, activation: "softmax" }, "average"),
      ],
      input_layers: [["input", 0, 0]],
      output_layers: [["dense", 0, 0]],
    },
  };
}
