/** What the engine has done so far in this process. */
export interface Statistics {
  /** Calls that ran on tfjs's cpu kernel, by kernel name. */
  readonly fallbacks: ReadonlyMap<string, number>;
  /** Graphs compiled. A training loop compiles a few, whatever its length. */
  readonly compiled: number;
  /** Milliseconds that compiling them took, from the recorded calls to ONNX Runtime's session. */
  readonly compileMs: number;
  /** Compiled graphs that are kept now. */
  readonly cached: number;
  /** Graphs run. */
  readonly runs: number;
  /** Training steps whose calls were repeated instead of made anew. */
  readonly repeatedSteps: number;
  /** Kernel calls recorded and not yet run. */
  readonly pending: number;
}
