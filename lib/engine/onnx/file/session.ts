import { loadNative, type NativeSession, type NativeValue } from "../run/native.ts";
import { defaultThreads } from "../run/threads.ts";
import { OnnxFileError } from "./read.ts";

/** An input or output of a model. */
export interface OnnxPort {
  readonly name: string;
  /** As "float32" or "float16"; empty for what is no tensor. */
  readonly type: string;
  /** −1 for what the file leaves open. Empty where nothing is known. */
  readonly shape: readonly number[];
}

/** ONNX's TensorProto.DataType by number, as far as images and features come in them. */
const TYPES: Readonly<Record<number, string>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
  11: "float64",
};

/**
 * Starts ONNX Runtime on a file.
 *
 * @param threads As many as the machine has, 4 at most, by default.
 * @throws OnnxFileError where ONNX Runtime refuses the file, with its reason. The message is a clause.
 */
export async function openOnnx(bytes: Uint8Array, threads = defaultThreads()): Promise<OnnxSession> {
  const native = await loadNative();
  const session = native.createSession();
  try {
    session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "all",
      logSeverityLevel: 4,
      // Threads that wait turn in circles otherwise: on a machine with other work, that costs half of the speed, and on
      // an idle one it gains nothing that could be measured.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    });
  } catch (error) {
    throw new OnnxFileError(`ONNX Runtime ${native.version} refuses it: ${firstLine(error)}`, { cause: error });
  }
  return new OnnxSession(session, native.version);
}

/** A model that is ready to run. */
export class OnnxSession implements Disposable {
  readonly #session: NativeSession;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];

  /** @param version ONNX Runtime's. */
  constructor(session: NativeSession, readonly version: string) {
    this.#session = session;
    this.inputs = session.inputMetadata.map(portOf);
    this.outputs = session.outputMetadata.map(portOf);
  }

  /**
   * Runs it on one input.
   *
   * @param values Row by row, in `shape`; they are converted where the input is of 16-bit numbers.
   * @returns The outputs that were asked for, in that order, as 32-bit numbers.
   * @throws OnnxFileError with ONNX Runtime's reason.
   */
  run(
    values: Float32Array,
    shape: readonly number[],
    outputs: readonly string[],
  ): { readonly shape: readonly number[]; readonly values: Float32Array }[] {
    const [{ name, type }] = this.inputs;
    const feed = type === "float16"
      ? { type, dims: shape, data: new Uint16Array(new Float16Array(values).buffer), location: "cpu" }
      : { type: "float32", dims: shape, data: values, location: "cpu" };
    const fetches = Object.fromEntries(outputs.map((output) => [output, null]));
    let results: Record<string, NativeValue>;
    try {
      results = this.#session.run({ [name]: feed } as never, fetches as never, {}) as Record<string, NativeValue>;
    } catch (error) {
      throw new OnnxFileError(`ONNX Runtime cannot run it: ${firstLine(error)}`, { cause: error });
    }
    return outputs.map((output) => {
      const { dims, data } = results[output];
      return { shape: dims, values: data instanceof Float32Array ? data : Float32Array.from(data as Iterable<number>) };
    });
  }

  [Symbol.dispose](): void {
    this.#session.dispose();
  }
}

function portOf({ name, isTensor, type, shape }: NativeSession["inputMetadata"][number]): OnnxPort {
  return { name, type: isTensor ? TYPES[type] ?? "other" : "", shape: isTensor ? shape.map(Number) : [] };
}

function firstLine(error: unknown): string {
  return (error as Error).message.split("\n")[0].trim();
}
