/** What can execute tensors: TensorFlow.js backends. */
export type EngineName = "onnx" | "tensorflow" | "tensorflow-gpu" | "webgpu" | "wasm" | "cpu";

export interface EngineOptions {
  /**
   * Threads that one operation may use, 1 or more. Only `onnx` and `tensorflow` have more than one; their default is the
   * machine's logical processors, 4 at most. Those of `tensorflow` cannot be changed once it is loaded.
   */
  readonly threads?: number;
  /** Of `onnx` only: "standard" does without ONNX Runtime's blocked layout, which "auto" (at first) takes where there is one. */
  readonly layout?: EngineLayout;
}

/** See {@link EngineOptions.layout}. */
export type EngineLayout = "auto" | "standard";

/** What executes tensors now. Equal labels on equal machines mean equal bits. */
export interface EngineInfo {
  readonly name: EngineName;
  /**
   * Of TensorFlow.js; for `onnx` of ONNX Runtime, of our compiler and its layout, as all three decide about bits; for
   * `tensorflow` of TensorFlow; for `webgpu` with the name of the graphics processor.
   */
  readonly version: string;
  readonly threads: number;
  /** What was asked for, if anything was. */
  readonly layout?: EngineLayout;
  /** "onnx 1.30.0 r2 blocks of 16, 2 threads" */
  readonly label: string;
}

/** What the engine has done so far, for a report's footer. */
export interface EngineReport {
  readonly engine: EngineInfo;
  /** Kernels that had to run on TensorFlow.js's plain JavaScript instead, most often called first. */
  readonly fallbacks: readonly { readonly kernel: string; readonly calls: number }[];
  /** Graphs compiled, graphs kept compiled now, and graphs run. All 0 but for `onnx`. */
  readonly graphs: { readonly compiled: number; readonly cached: number; readonly runs: number };
  /** One clause: "no fallback kernels", or which there were. */
  readonly summary: string;
}
