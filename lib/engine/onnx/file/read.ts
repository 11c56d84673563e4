import { ModelProto } from "../serialise/messages.ts";

/** What an ONNX file says of itself, as far as anybody here looks at it. */
export interface OnnxFile {
  /** The program that wrote it, as "pytorch"; empty where it does not say. */
  readonly producer: string;
  /** Inputs that must be fed: weights, which old files list among them, are none. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxFileNode[];
  /** Weights by name. */
  readonly weights: ReadonlyMap<string, OnnxFileTensor>;
}

export interface OnnxFileNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface OnnxFileTensor {
  readonly shape: readonly number[];
  /** Its numbers, or null where they are not floating-point or lie in another file. */
  values(): Float32Array | null;
}

/** A file that cannot be read or run as an ONNX model. */
export class OnnxFileError extends Error {
  override name = "OnnxFileError";
}

/** What of the messages is used, as protobufjs gives it. */
interface Message {
  readonly producerName?: string;
  readonly graph?: {
    readonly node?: readonly { opType?: string; input?: string[]; output?: string[] }[];
    readonly initializer?: readonly TensorMessage[];
    readonly input?: readonly { name?: string }[];
    readonly output?: readonly { name?: string }[];
  };
}

interface TensorMessage {
  readonly name?: string;
  readonly dims?: readonly (number | { toNumber(): number })[];
  readonly dataType?: number;
  readonly floatData?: readonly number[];
  readonly rawData?: Uint8Array;
  readonly dataLocation?: number;
}

/**
 * Reads an ONNX file, of any operator set.
 *
 * @throws OnnxFileError where it is none, or ends before it should. The message is a clause: "it is no ONNX model".
 */
export function readOnnx(bytes: Uint8Array): OnnxFile {
  let message: Message;
  try {
    message = ModelProto.decode(bytes) as unknown as Message;
  } catch (error) {
    // A protocol buffer begins with a field's number and type; text, an image or an archive seldom make sense as one.
    const begun = bytes[0] === 0x08 && /index out of range/.test((error as Error).message);
    throw new OnnxFileError(
      begun ? `it ends after ${bytes.length} bytes, in the middle: it is truncated` : "it is no ONNX model",
      { cause: error },
    );
  }
  const { node = [], initializer = [], input = [], output = [] } = message.graph ?? {};
  if (node.length === 0 || output.length === 0) throw new OnnxFileError("it is no ONNX model: it has no operators");
  // DataLocation: EXTERNAL 1.
  if (initializer.some(({ dataLocation }) => dataLocation === 1)) {
    throw new OnnxFileError("it must hold its weights itself, but keeps them in a file of their own (external data)");
  }
  const weights = new Map(initializer.map((tensor) => [tensor.name ?? "", weightOf(tensor)]));
  return {
    producer: message.producerName ?? "",
    inputs: input.map(({ name = "" }) => name).filter((name) => !weights.has(name)),
    outputs: output.map(({ name = "" }) => name),
    nodes: node.map(({ opType = "", input = [], output = [] }) => ({ type: opType, inputs: input, outputs: output })),
    weights,
  };
}

/** TensorProto.DataType: FLOAT 1, FLOAT16 10, DOUBLE 11. */
function weightOf({ dims = [], dataType, floatData = [], rawData }: TensorMessage): OnnxFileTensor {
  return {
    shape: dims.map(Number),
    values() {
      if (dataType === 1 && floatData.length > 0) return Float32Array.from(floatData);
      if (rawData === undefined || rawData.length === 0) return null;
      const { buffer } = rawData.slice(); // aligned
      if (dataType === 1) return new Float32Array(buffer);
      if (dataType === 10) return Float32Array.from(new Float16Array(buffer));
      if (dataType === 11) return Float32Array.from(new Float64Array(buffer));
      return null;
    },
  };
}
