import { type Fault, isObject, type JsonObject, type Topology } from "./_json_types.ts";

/** Activations by Keras's names, with those of TensorFlow.js where they differ. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  elu: "elu",
  gelu: "gelu",
  linear: "linear",
  log_softmax: "logSoftmax",
  mish: "mish",
  relu: "relu",
  relu6: "relu6",
  selu: "selu",
  sigmoid: "sigmoid",
  silu: "swish",
  softmax: "softmax",
  softplus: "softplus",
  softsign: "softsign",
  swish: "swish",
  tanh: "tanh",
};

const INITIALISERS: Readonly<Record<string, string>> = {
  LecunNormal: "LeCunNormal",
  LecunUniform: "LeCunUniform",
  IdentityInitializer: "Identity",
  OrthogonalInitializer: "Orthogonal",
};
const KNOWN_INITIALISERS = [
  "Constant",
  "GlorotNormal",
  "GlorotUniform",
  "HeNormal",
  "HeUniform",
  "Identity",
  "LeCunNormal",
  "LeCunUniform",
  "Ones",
  "Orthogonal",
  "RandomNormal",
  "RandomUniform",
  "TruncatedNormal",
  "VarianceScaling",
  "Zeros",
];
const KNOWN_CONSTRAINTS = ["MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"];
/** Of `VarianceScaling`. */
const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  truncated_normal: "truncatedNormal",
  untruncated_normal: "normal",
  normal: "normal",
  uniform: "uniform",
};

/** The name of an activation, as TensorFlow.js has it. */
export function activation(value: unknown, where: string, fault: Fault, keras3: boolean): string {
  if (typeof value !== "string") {
    const name = isObject(value) ? value.config ?? value.class_name : value;
    const shown = typeof name === "string" ? name : isObject(value) ? String(value.class_name) : String(value);
    throw fault(
      `the activation "${shown}" of ${where} is none of TensorFlow.js's: put it behind as a layer of its own`,
    );
  }
  // Keras 3 has another formula under this name than Keras 2 and TensorFlow.js.
  if (value === "hard_sigmoid" && !keras3) return "hardSigmoid";
  if (value in ACTIVATIONS) return ACTIVATIONS[value];
  throw fault(
    `the activation "${value}" of ${where} cannot be had here, there are ${Object.keys(ACTIVATIONS).join(", ")}`,
  );
}

/** Without its seed: every training draws its own weights. */
export function initialiser(value: unknown, where: string, fault: Fault): Topology {
  const { name: given, config } = named(value);
  const name = INITIALISERS[given] ?? given;
  if (!KNOWN_INITIALISERS.includes(name)) {
    throw fault(
      `the initialiser "${given}" of ${where} cannot be had here, there are ${KNOWN_INITIALISERS.join(", ")}`,
    );
  }
  const { seed: _, distribution, mode, minval, maxval, mean, stddev, value: constant, gain, scale } = config;
  const kept = { minval, maxval, mean, stddev, value: constant, gain, scale };
  return {
    className: name,
    config: {
      ...Object.fromEntries(Object.entries(kept).filter(([, entry]) => entry !== undefined)),
      ...(typeof distribution === "string" ? { distribution: DISTRIBUTIONS[distribution] ?? distribution } : {}),
      ...(typeof mode === "string"
        ? { mode: mode.replace(/_([a-z])/, (_, letter: string) => letter.toUpperCase()) }
        : {}),
    },
  };
}

/** L1, L2 or both, which TensorFlow.js has as one. */
export function regulariser(value: unknown, where: string, fault: Fault): Topology {
  const { name, config } = named(value);
  if (!["L1", "L2", "L1L2"].includes(name)) {
    throw fault(`the regulariser "${name}" of ${where} cannot be had here, there are L1, L2 and L1L2`);
  }
  // What is left out would be 0.01.
  return { className: "L1L2", config: { l1: config.l1 ?? 0, l2: config.l2 ?? 0 } };
}

export function constraint(value: unknown, where: string, fault: Fault): Topology {
  const { name, config } = named(value);
  if (!KNOWN_CONSTRAINTS.includes(name)) {
    throw fault(`the constraint "${name}" of ${where} cannot be had here, there are ${KNOWN_CONSTRAINTS.join(", ")}`);
  }
  const { max_value: maxValue, min_value: minValue, rate, axis } = config;
  return {
    className: name,
    config: Object.fromEntries(
      Object.entries({ maxValue, minValue, rate, axis }).filter(([, entry]) => entry !== undefined),
    ),
  };
}

/** "glorot_uniform" or { class_name: "GlorotUniform", config: {} }. */
function named(value: unknown): { name: string; config: JsonObject } {
  if (isObject(value)) {
    return { name: String(value.class_name), config: isObject(value.config) ? value.config : {} };
  }
  const words = String(value).split("_");
  return { name: words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(""), config: {} };
}
