import { ModelProto } from "../serialise/messages.ts";

/** A graph to write as an ONNX file that anybody can run: standard operators only. */
export interface WrittenGraph {
  readonly name: string;
  readonly input: { readonly name: string; readonly shape: readonly (number | string)[] };
  readonly nodes: readonly WrittenNode[];
  readonly weights: readonly WrittenWeight[];
  readonly outputs: readonly string[];
}

export interface WrittenNode {
  readonly type: string;
  readonly inputs: readonly string[];
  /** Of its one output, and its own. */
  readonly output: string;
  readonly attributes?: Readonly<Record<string, number | string | readonly number[] | { readonly float: number }>>;
}

export interface WrittenWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Of the format and of the operators: old enough for runtimes in browsers, new enough for HardSwish. */
const IR_VERSION = 8;
const OPSET = 17;

/** An ONNX file with 32-bit numbers throughout. An extent that is a text is left open under that name. */
export function writeOnnx({ name, input, nodes, weights, outputs }: WrittenGraph): Uint8Array {
  const dim = input.shape.map((extent) => typeof extent === "number" ? { dimValue: extent } : { dimParam: extent });
  return ModelProto.encode({
    irVersion: IR_VERSION,
    producerName: "plateau",
    opsetImport: [{ domain: "", version: OPSET }],
    graph: {
      name,
      node: nodes.map(({ type, inputs, output, attributes = {} }) => ({
        input: inputs,
        output: [output],
        name: output,
        opType: type,
        attribute: Object.entries(attributes).map(([name, value]) => {
          if (typeof value === "number") return { name, type: 2, i: value };
          if (typeof value === "string") return { name, type: 3, s: new TextEncoder().encode(value) };
          return "float" in value ? { name, type: 1, f: value.float } : { name, type: 7, ints: value };
        }),
      })),
      initializer: weights.map(({ name, shape, values }) => ({
        dims: shape,
        dataType: 1,
        name,
        rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      })),
      input: [{ name: input.name, type: { tensorType: { elemType: 1, shape: { dim } } } }],
      output: outputs.map((name) => ({ name, type: { tensorType: { elemType: 1 } } })),
    },
  }).finish();
}
