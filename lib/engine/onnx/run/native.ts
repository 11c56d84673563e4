import type { NumericArray } from "../value.ts";

/**
 * The only file that touches ONNX Runtime. Its public JavaScript interface is asynchronous only, the native addon below
 * it is synchronous, which `dataSync()` needs: so this reaches behind the package's face, and checks what it finds.
 */

/** The version whose addon this was written against. Others of the same major version are tried. */
const KNOWN_MAJOR = "1";

/** What the addon takes and gives for a tensor. */
export interface NativeTensor {
  readonly type: "float32" | "int32" | "bool";
  readonly dims: readonly number[];
  /** Null between runs. */
  data: NumericArray | null;
  readonly location: "cpu";
}

/** What a model wants or gives; −1 stands for an extent that the file leaves open. */
export interface NativePort {
  readonly name: string;
  readonly isTensor: boolean;
  /** ONNX's TensorProto.DataType. */
  readonly type: number;
  readonly shape: readonly number[];
}

/** A result that ONNX Runtime made room for itself. */
export interface NativeValue {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number> & Iterable<number>;
}

export interface NativeSession {
  readonly inputMetadata: readonly NativePort[];
  readonly outputMetadata: readonly NativePort[];
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: SessionOptions): void;
  /** Fills the tensors given as fetches; where null is given, makes them. */
  run(feeds: Record<string, NativeTensor>, fetches: Record<string, NativeTensor | null>, options: object): unknown;
  dispose(): void;
}

export interface SessionOptions {
  readonly intraOpNumThreads: number;
  readonly interOpNumThreads: number;
  readonly executionMode: "sequential";
  readonly graphOptimizationLevel: "disabled" | "basic" | "extended" | "all";
  readonly logSeverityLevel: number;
  /** ONNX Runtime's own entries, by the parts of their names. */
  readonly extra?: object;
}

export interface Native {
  /** ONNX Runtime's version, as "1.30.0". */
  readonly version: string;
  createSession(): NativeSession;
}

/** Loads ONNX Runtime's native library. Throws where the platform has none or its interface is another. */
export async function loadNative(): Promise<Native> {
  let addon, version: string;
  try {
    addon = await import("onnxruntime-node/dist/binding.js");
    ({ version } = await import("onnxruntime-node/dist/version.js"));
  } catch (cause) {
    throw new Error(
      `Cannot load ONNX Runtime for ${Deno.build.os} ${Deno.build.arch}: ${(cause as Error).message}. ` +
        `Use the engine "wasm" instead`,
      { cause },
    );
  }
  const changed = (what: string) =>
    new Error(`Cannot use onnxruntime-node ${version}: its addon has no ${what}. Pin version 1.30 in deno.json`);
  if (version.split(".")[0] !== KNOWN_MAJOR) throw changed(`interface of version ${KNOWN_MAJOR}`);
  if (typeof addon.initOrt !== "function") throw changed("initOrt()");
  addon.initOrt();
  const Session = (addon.binding as { InferenceSession?: new () => NativeSession } | undefined)?.InferenceSession;
  for (const method of ["loadModel", "run", "dispose"] as const) {
    if (typeof Session?.prototype?.[method] !== "function") throw changed(`InferenceSession.${method}()`);
  }
  return { version, createSession: () => new Session!() };
}
