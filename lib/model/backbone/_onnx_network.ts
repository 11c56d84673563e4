import { onnxFiles } from "../../engine/mod.ts";
import { sha256 } from "../own/_hash.ts";
import { type Network, type Step } from "./_network.ts";
import { OnnxRunner } from "./_onnx_runner.ts";
import { passedOn } from "./_taps.ts";

const KINDS: Readonly<Record<string, Step["kind"]>> = {
  Conv: "weights",
  ConvTranspose: "weights",
  Gemm: "weights",
  MatMul: "weights",
  QLinearConv: "weights",
  MaxPool: "pooling",
  AveragePool: "pooling",
  LpPool: "pooling",
  GlobalAveragePool: "pooling",
  GlobalMaxPool: "pooling",
  ReduceMean: "pooling",
  Flatten: "pooling",
  Concat: "joining",
  Dropout: "passing",
  Identity: "passing",
};

/**
 * An ONNX file as it is, run by ONNX Runtime. Features are taken within it by naming values as further outputs.
 *
 * @param fault Makes an error of a clause.
 */
export async function onnxNetwork(bytes: Uint8Array, file: string, fault: Fault): Promise<Network> {
  const { OnnxFileError, readOnnx } = await onnxFiles();
  const explained = <Result>(error: unknown): Result => {
    throw error instanceof OnnxFileError ? fault(error.message, error) : error;
  };
  const read = (() => {
    try {
      return readOnnx(bytes);
    } catch (error) {
      return explained<never>(error);
    }
  })();
  if (read.inputs.length !== 1) {
    throw fault(
      `a backbone must have one input, the images; it has ${read.inputs.length}: ${read.inputs.join(", ")}`,
    );
  }
  const steps = read.nodes.map(({ type, inputs, outputs }): Step => {
    // A product of two values is attention; with weights it is a layer.
    const kind = type === "MatMul" && !inputs.some((input) => read.weights.has(input))
      ? "other"
      : KINDS[type] ?? "other";
    return { kind, type, inputs: inputs.filter((input) => !read.weights.has(input)), outputs };
  });
  const runner = new OnnxRunner(bytes, read);
  const wants = passedOn({ steps, outputs: read.outputs }).map((name) => ({ name }));
  const session = await runner.session(wants).catch(explained<never>);
  const [input] = session.inputs;
  if (!["float32", "float16"].includes(input.type)) {
    throw fault(`its input "${input.name}" must take floating-point numbers, it takes ${input.type || "no tensor"}`);
  }
  const first = read.nodes.find(({ type, inputs }) => type === "Conv" && read.weights.get(inputs[1])?.shape[1] === 3);
  const filters = read.weights.get(first?.inputs[1] ?? "");
  const filterValues = filters?.values();
  const norm = read.nodes.slice(0, 12).find(({ type }) => type === "BatchNormalization");
  const [mean, variance] = [3, 4].map((i) => read.weights.get(norm?.inputs[i] ?? "")?.values());

  return {
    fingerprint: `${sha256(bytes).slice(0, 16)}, ONNX Runtime ${session.version}`,
    format: "ONNX file",
    input: input.name,
    inputShape: input.shape.map((extent) => extent < 0 ? null : extent),
    hints: [file, read.producer, input.name, ...read.nodes.slice(0, 8).flatMap(({ outputs }) => outputs)],
    outputs: read.outputs,
    steps,
    firstFilters: filters && filterValues ? { shape: filters.shape, values: filterValues } : null,
    firstNorm: norm && mean && variance ? { input: norm.inputs[0], mean, variance } : null,
    source: {
      kind: "onnx",
      bytes,
      input: input.name,
      type: input.type as "float32" | "float16",
      batch: input.shape[0] > 0 ? input.shape[0] : null,
    },
    async run(values, shape, wants) {
      return await runner.run(values, shape, wants).catch(explained<never>);
    },
  };
}

/** Makes an error of a clause that says what is wrong with a file. */
export type Fault = (what: string, cause?: unknown) => Error;
