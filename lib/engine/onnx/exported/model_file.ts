import { attribute, graphAttribute } from "../serialise/attribute.ts";
import { parts } from "../serialise/messages.ts";
import type { Body, PlainAttribute, PlainConstant, PlainNode, Port, RawPart } from "./parts.ts";

const { Model, Graph, Node, Tensor, ValueInfo } = parts;

interface ForeignNodeMessage {
  input?: string[];
  output?: string[];
  name?: string;
  opType?: string;
  domain?: string;
  attribute?: { g?: Uint8Array; graphs?: Uint8Array[] }[];
}

/** Operators that say the same in every version from 7 to {@link RAISED}, as networks use them. */
const UNCHANGED = new Set(
  ("Abs Add And AveragePool BatchNormalization Concat Constant Conv ConvTranspose Div Elu Equal Exp Flatten Floor Gemm " +
    "GlobalAveragePool GlobalMaxPool HardSigmoid HardSwish Identity LRN LeakyRelu Log MatMul Max MaxPool Min Mul Neg PRelu Pow " +
    "Reciprocal Relu Reshape Shape Sigmoid Softplus Sqrt Sub Sum Tanh Transpose").split(" "),
);
/** What older files are raised to. */
const RAISED = 21;

/** What is taken over of somebody else's file. */
export interface Grafted {
  readonly nodes: readonly RawPart[];
  readonly constants: readonly RawPart[];
  readonly functions: readonly Uint8Array[];
  readonly irVersion: number;
  readonly opset: number;
  readonly domains: Readonly<Record<string, number>>;
}

/**
 * The operators and constants of somebody else's file that some of its values need, under names that begin with `prefix`.
 *
 * @throws {Error} where operators have graphs in them (loops, branches): their names cannot be told apart.
 */
export function grafted(bytes: Uint8Array, wanted: readonly string[], prefix: string): Grafted {
  const file = Model.decode(bytes) as unknown as {
    irVersion?: number | { toNumber(): number };
    graph: { node?: Uint8Array[]; initializer?: Uint8Array[]; sparseInitializer?: Uint8Array[] };
    opsetImport?: { domain?: string; version?: number | { toNumber(): number } }[];
    functions?: Uint8Array[];
  };
  if ((file.graph.sparseInitializer ?? []).length > 0) throw new Error("it has sparse weights");
  const needed = new Set(wanted);
  const kept: ForeignNodeMessage[] = [];
  for (const raw of (file.graph.node ?? []).toReversed()) {
    const node = Node.decode(raw) as unknown as ForeignNodeMessage;
    if (!(node.output ?? []).some((name) => needed.has(name))) continue;
    if ((node.attribute ?? []).some(({ g, graphs = [] }) => (g?.length ?? 0) > 0 || graphs.length > 0)) {
      throw new Error("it has loops or branches");
    }
    for (const name of node.input ?? []) needed.add(name);
    // Nothing is dropped when a network predicts, and its form has changed.
    kept.push(
      node.opType === "Dropout"
        ? {
          ...node,
          opType: "Identity",
          input: node.input!.slice(0, 1),
          output: node.output!.slice(0, 1),
          attribute: [],
        }
        : node,
    );
  }
  const named = (name: string) => name === "" ? "" : prefix + name;
  const versions = Object.fromEntries(
    (file.opsetImport ?? []).map(({ domain = "", version = 0 }) => [domain, Number(version)]),
  );
  const { "": standard = 1, "ai.onnx": other = 0, ...domains } = versions;
  const own = Math.max(standard, other);
  const raised = own >= 7 && own < RAISED &&
    kept.every(({ opType = "", domain = "" }) => domain === "" && UNCHANGED.has(opType));
  return {
    nodes: kept.reverse().map((node) => ({
      bytes: Node.encode({
        ...node,
        input: (node.input ?? []).map(named),
        output: (node.output ?? []).map(named),
        name: named(node.name ?? ""),
      }).finish(),
    })),
    constants: (file.graph.initializer ?? []).flatMap((raw): RawPart[] => {
      const { name } = Tensor.decode(raw) as unknown as { name: string };
      if (!needed.has(name)) return [];
      // Of a field that comes twice, the last counts: the rest of the tensor stays as it is.
      const renamed = Tensor.encode({ name: named(name) }).finish();
      const longer = new Uint8Array(raw.length + renamed.length);
      longer.set(raw);
      longer.set(renamed, raw.length);
      return [{ bytes: longer }];
    }),
    functions: file.functions ?? [],
    irVersion: Number(file.irVersion ?? 0),
    opset: raised ? RAISED : own,
    domains,
  };
}

/** ONNX's TensorProto.DataType. */
const TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float64: 11 } as const;

/** What a file says besides its graph. */
export interface FileFacts {
  /** Version of the standard operators that the graph is written in. */
  readonly opset: number;
  /** Of the file format. */
  readonly irVersion?: number;
  /** Further domains, as "com.microsoft", with their versions. */
  readonly domains?: Readonly<Record<string, number>>;
  readonly documentation?: string;
  /** Texts that runtimes can read, by key. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Functions of somebody else's file that its operators call. */
  readonly functions?: readonly Uint8Array[];
}

/** An ONNX file. */
export function modelFile(graph: Body, facts: FileFacts): Uint8Array {
  return Model.encode({
    irVersion: facts.irVersion ?? 10,
    producerName: "plateau",
    docString: facts.documentation ?? "",
    graph: graphMessage(graph),
    opsetImport: [{ domain: "", version: facts.opset }].concat(
      Object.entries(facts.domains ?? {}).map(([domain, version]) => ({ domain, version })),
    ),
    metadataProps: Object.entries(facts.metadata ?? {}).map(([key, value]) => ({ key, value })),
    functions: facts.functions ?? [],
  }).finish();
}

function graphMessage({ name, nodes, constants, inputs, outputs }: Body): object {
  return {
    name,
    node: nodes.map((node, index) => isRaw(node) ? node.bytes : nodeBytes(node, index)),
    initializer: constants.map((constant) => isRaw(constant) ? constant.bytes : tensorBytes(constant)),
    input: inputs.map(portBytes),
    output: outputs.map(portBytes),
  };
}

function isRaw(part: PlainNode | PlainConstant | RawPart): part is RawPart {
  return "bytes" in part;
}

function nodeBytes({ op, domain = "", inputs, outputs, attributes = {} }: PlainNode, index: number): Uint8Array {
  return Node.encode({
    input: inputs,
    output: outputs,
    name: `plateau/${op}_${index}`,
    opType: op,
    domain,
    attribute: Object.entries(attributes).map(([name, value]) => plainAttribute(name, value)),
  }).finish();
}

function plainAttribute(name: string, value: PlainAttribute): object {
  const isGraph = typeof value === "object" && "graph" in value;
  return isGraph ? graphAttribute(name, Graph.encode(graphMessage(value.graph)).finish()) : attribute(name, value);
}

function tensorBytes({ name, shape, data }: PlainConstant): Uint8Array {
  const type = data instanceof Float32Array
    ? "float32"
    : data instanceof Float64Array
    ? "float64"
    : data instanceof Int32Array
    ? "int32"
    : data instanceof BigInt64Array
    ? "int64"
    : "bool";
  return Tensor.encode({
    dims: shape,
    dataType: TYPES[type],
    name,
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  }).finish();
}

function portBytes({ name, type, shape }: Port): Uint8Array {
  const dim = shape.map((extent) => typeof extent === "number" ? { dimValue: extent } : { dimParam: extent });
  return ValueInfo.encode({ name, type: { tensorType: { elemType: TYPES[type], shape: { dim } } } }).finish();
}
