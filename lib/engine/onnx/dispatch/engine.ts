import * as tf from "@tensorflow/tfjs-core";

/** The part of tfjs's engine that dispatching touches. tfjs's own types call most of it private. */
export interface Engine {
  readonly ENV: { getBool(flag: string): boolean };
  readonly backendName: string | null;
  readonly backend: tf.KernelBackend;
  readonly state: State;
  nextTensorId(): number;
  startScope(name?: string): void;
  endScope(result?: unknown): void;
  tidy<T>(nameOrFn: string | (() => T), fn?: () => T): T;
  startTape(): void;
  endTape(): void;
  track(tensor: Tensor): Tensor;
  trackTensor(tensor: Tensor, backend: tf.KernelBackend | null): void;
  disposeTensor(tensor: Tensor): void;
  makeTensorFromTensorInfo(info: tf.TensorInfo, backend?: tf.KernelBackend): Tensor;
  checkKernelForMemLeak(name: string, dataIdsBefore: number, outputs: readonly tf.TensorInfo[]): void;
  runKernel(name: string, inputs: Inputs, attrs?: object): tf.Tensor | tf.Tensor[];
  gradients(
    f: () => tf.Tensor,
    xs: tf.Tensor[],
    dy?: tf.Tensor | null,
    allowNoGradients?: boolean,
  ): { value: tf.Tensor; grads: tf.Tensor[] };
}

export interface State {
  numBytes: number;
  numTensors: number;
  numDataBuffers: number;
  nextTapeNodeId: number;
  nextScopeId: number;
  gradientDepth: number;
  kernelDepth: number;
  readonly profiling: boolean;
  activeTape: TapeNode[] | null;
  activeScope: Scope | null;
  readonly scopeStack: Scope[];
  tensorInfo: DataInfos;
  readonly numDataMovesStack: number[];
}

export interface Scope {
  readonly track: Tensor[];
  name: string;
  id: number;
}

/** What the engine knows of data. */
export interface DataInfo {
  backend: tf.KernelBackend;
  readonly dtype: tf.DataType;
  readonly shape: number[];
  bytes: number;
}

/** A WeakMap's interface. */
export interface DataInfos {
  get(dataId: object): DataInfo | undefined;
  has(dataId: object): boolean;
  set(dataId: object, info: DataInfo): unknown;
  delete(dataId: object): boolean;
}

/** What tfjs's types keep to themselves. */
export type Tensor = tf.Tensor & { kept: boolean; scopeId: number };

/** Lists are inputs by number. */
export type Inputs = Record<string, tf.Tensor>;

export interface TapeNode {
  readonly id: number;
  readonly kernelName: string;
  readonly inputs: Inputs;
  readonly outputs: tf.Tensor[];
  readonly saved: tf.Tensor[];
  readonly gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
}

export const engine = (): Engine => tf.engine() as unknown as Engine;

/** Whether the inner parts of tfjs are those that this was written against: it has not changed them within version 4. */
export const isKnown = (): boolean => tf.version_core.startsWith("4.");
