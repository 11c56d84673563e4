import * as tf from "@tensorflow/tfjs-core";
import type { Inference, Kernel } from "./kernel.ts";
import { lower } from "./lowering/lower.ts";
import { Pending } from "./pending.ts";
import { probeBlockSize } from "./run/block_size.ts";
import { Buffers } from "./run/buffers.ts";
import type { Native } from "./run/native.ts";
import { Program } from "./run/program.ts";
import { ProgramCache } from "./run/program_cache.ts";
import type { Statistics } from "./statistics.ts";
import { isDType, type NumericArray, type Operand, sizeOf, Value } from "./value.ts";

/** Kernel calls after which the pending graph runs without being asked. */
const MAX_PENDING = 4096;

/** Kernel calls that are worth a run of their own when control returns to the event loop: fewer wait for company. */
const MIN_STEP = 64;

/** Compiled graphs that are kept. A training run with validation needs about eight. */
const PROGRAM_LIMITS = { count: 48, bytes: 8 * 2 ** 30, least: 8 };

/** Bytes of free memory kept for later tensors. */
const MAX_FREE_BYTES = 256 * 2 ** 20;

/** "auto" takes ONNX Runtime's blocked layout where the processor has one; "standard" never does. */
export type LayoutChoice = "auto" | "standard";

/** What a data id stands for: a value of the graph, strings, or the two parts of complex numbers. */
interface Entry {
  readonly value: Value | null;
  readonly strings: Uint8Array[] | null;
  readonly complex: { readonly real: tf.TensorInfo; readonly imag: tf.TensorInfo } | null;
  references: number;
}

/**
 * A TensorFlow.js backend that records kernel calls and runs them as ONNX graphs.
 *
 * A call appends to the pending graph. The graph runs when somebody reads a value, when {@link flush} is called, when
 * control returns to the event loop after a step's worth of calls, when a loop begins with its next batch, and when it
 * gets too long. Running computes whatever is still held.
 */
export class OnnxBackend extends tf.KernelBackend {
  readonly data: tf.DataStorage<Entry>;
  readonly #native: Native;
  readonly #programs = new ProgramCache(PROGRAM_LIMITS);
  readonly #buffers = new Buffers(MAX_FREE_BYTES);
  readonly #fallbacks = new Map<string, number>();
  #pending = new Pending();
  /** Stored values that nobody holds any more, but which the pending graph may still read. */
  #released: Value[] = [];
  /** Stored values of which the pending graph reads a part of the rows: batches. */
  #batched = new Set<Value>();
  #threads: number;
  #layout: LayoutChoice = "auto";
  /** Channels in a block of this processor's blocked layout, 0 where it has none; undefined until it was asked. */
  #blockSize: number | undefined;
  #scheduled = false;
  #compiled = 0;
  #runs = 0;

  /** @param threads Threads that one operator may use. */
  constructor(native: Native, threads: number) {
    super();
    this.#native = native;
    this.#threads = threads;
    this.data = new tf.DataStorage<Entry>(this, tf.engine());
  }

  /** ONNX Runtime's version. */
  get version(): string {
    return this.#native.version;
  }

  get threads(): number {
    return this.#threads;
  }

  /** Compiled graphs belong to a number of threads: changing it releases them. */
  set threads(threads: number) {
    if (threads === this.#threads) return;
    this.flush();
    this.#programs.clear();
    this.#threads = threads;
  }

  /** Which operators graphs are made of. Compiled graphs belong to one choice: changing it releases them. */
  get layout(): LayoutChoice {
    return this.#layout;
  }

  set layout(layout: LayoutChoice) {
    if (layout === this.#layout) return;
    this.flush();
    this.#programs.clear();
    this.#layout = layout;
  }

  /** Channels in a block of the blocked layout in use; 0 where graphs consist of standard operators. */
  get block(): number {
    if (this.#layout === "standard") return 0;
    return this.#blockSize ??= probeBlockSize(this.#native);
  }

  get statistics(): Statistics {
    return {
      fallbacks: new Map(this.#fallbacks),
      compiled: this.#compiled,
      compileMs: this.#programs.compileMs,
      cached: this.#programs.size,
      runs: this.#runs,
      pending: this.#pending.size,
    };
  }

  countFallback(kernel: string): void {
    this.#fallbacks.set(kernel, (this.#fallbacks.get(kernel) ?? 0) + 1);
  }

  // Recording.

  /** Appends a kernel call and returns its outputs, which are not computed yet. */
  record(
    kernel: Kernel,
    tensors: readonly (tf.TensorInfo | null)[],
    { outputs: specs, plan }: Inference,
  ): tf.TensorInfo[] {
    if (this.#pending.size >= MAX_PENDING) this.flush();
    const inputs = tensors.map((tensor): Operand | null => {
      return tensor === null ? null : { value: this.valueBehind(tensor), shape: tensor.shape };
    });
    const planKey = plan === undefined ? "" : JSON.stringify(plan);
    const outputs = specs.map(({ shape, dtype }) => new Value(shape, dtype));
    const node = { kernel, inputs, plan, planKey, outputs };
    for (const output of outputs) output.node = node;
    this.#pending.add(node);
    this.#schedule();
    return outputs.map((output) => this.hold(output));
  }

  /** A tensor for a value that had none. */
  hold(value: Value): tf.TensorInfo {
    const dataId = {};
    value.held = true;
    this.data.set(dataId, { value, strings: null, complex: null, references: 1 });
    return { dataId, shape: value.shape as number[], dtype: value.dtype };
  }

  /** The value behind a tensor. Throws for strings and complex numbers. */
  valueBehind(tensor: tf.TensorInfo): Value {
    const value = this.data.get(tensor.dataId)?.value;
    if (!value) throw new Error(`Cannot record a call on a tensor of type ${tensor.dtype}: it has no numbers`);
    return value;
  }

  /** Another tensor on the same data. */
  alias(tensor: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
    this.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype };
  }

  /**
   * Says that a kernel is about to take a batch of a stored tensor. A loop that takes the second batch has finished
   * with the first, so what is pending then is one whole step: running it there keeps the steps' graphs equal.
   */
  beginBatch(source: Value): void {
    if (this.#batched.has(source)) this.flush();
    this.#batched.add(source);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.#pending.size < MIN_STEP) return;
      try {
        this.flush();
      } catch {
        // Nobody is there to catch it. The graph stays pending, so whoever reads a value of it gets the error.
      }
    });
  }

  // Running.

  /** Computes every value that is held. Marks the end of a step. Throws what lowering or ONNX Runtime throws. */
  flush(): void {
    const section = this.#pending.section();
    if (section !== null) {
      const program = this.#programs.get(section.key, () => {
        this.#compiled++;
        return new Program(this.#native, lower(section, this.block), this.#threads);
      });
      const results = section.targets.map(({ shape, dtype }) => this.#buffers.take(dtype, sizeOf(shape)));
      program.run(section.feeds, results);
      this.#runs++;
      section.targets.forEach((target, index) => {
        target.data = results[index];
        target.node = null;
      });
    }
    // Whatever did not run is held by nobody, so nothing can ask for it.
    this.#pending = new Pending();
    this.#batched.clear();
    for (const { dtype, data } of this.#released) this.#buffers.give(dtype, data!);
    this.#released = [];
  }

  #read(dataId: tf.DataId): Entry {
    const entry = this.data.get(dataId);
    if (entry.value !== null) {
      if (entry.value.data === null) this.flush();
      entry.value.escaped = true;
    }
    return entry;
  }

  // What TensorFlow.js asks of a backend.

  override write(values: tf.BackendValues | null, shape: number[], dtype: tf.DataType): tf.DataId {
    const dataId = {};
    this.move(dataId, values as tf.BackendValues, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: tf.DataId,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    references: number,
  ): void {
    if (dtype === "complex64") {
      const { real, imag } = values as unknown as { real: tf.TypedArray; imag: tf.TypedArray };
      const part = (data: tf.TypedArray) => ({
        dataId: this.write(data, shape, "float32"),
        shape,
        dtype: "float32" as const,
      });
      this.data.set(dataId, {
        value: null,
        strings: null,
        complex: { real: part(real), imag: part(imag) },
        references,
      });
    } else if (!isDType(dtype)) {
      this.data.set(dataId, { value: null, strings: values as Uint8Array[], complex: null, references });
    } else {
      const value = new Value([...shape], dtype);
      // A copy: whoever made the tensor may fill the array anew before the pending graph has read it.
      value.data = this.#buffers.take(dtype, sizeOf(shape));
      if (values === null) value.data.fill(0);
      else value.data.set(values as NumericArray);
      value.held = true;
      this.data.set(dataId, { value, strings: null, complex: null, references });
    }
  }

  /** A tensor of complex numbers from its two parts, which it keeps for itself. */
  holdComplex(real: tf.TensorInfo, imag: tf.TensorInfo): tf.TensorInfo {
    const dataId = {};
    const complex = { real: this.alias(real, real.shape), imag: this.alias(imag, imag.shape) };
    this.data.set(dataId, { value: null, strings: null, complex, references: 1 });
    return { dataId, shape: real.shape, dtype: "complex64" };
  }

  /** The two parts of a tensor of complex numbers. */
  partsOf(tensor: tf.TensorInfo): { readonly real: tf.TensorInfo; readonly imag: tf.TensorInfo } {
    return this.data.get(tensor.dataId).complex!;
  }

  override readSync(dataId: tf.DataId): tf.BackendValues {
    const { value, strings, complex } = this.#read(dataId);
    if (complex !== null) {
      const real = this.readSync(complex.real.dataId) as Float32Array;
      const imag = this.readSync(complex.imag.dataId) as Float32Array;
      return tf.backend_util.mergeRealAndImagArrays(real, imag);
    }
    return value?.data ?? strings!;
  }

  override read(dataId: tf.DataId): Promise<tf.BackendValues> {
    try {
      return Promise.resolve(this.readSync(dataId));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  override numDataIds(): number {
    return this.data.numDataIds();
  }

  override refCount(dataId: tf.DataId): number {
    return this.data.has(dataId) ? this.data.get(dataId).references : 0;
  }

  override incRef(dataId: tf.DataId): void {
    this.data.get(dataId).references++;
  }

  decRef(dataId: tf.DataId): void {
    if (this.data.has(dataId)) this.data.get(dataId).references--;
  }

  override disposeData(dataId: tf.DataId, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const entry = this.data.get(dataId);
    entry.references--;
    if (!force && entry.references > 0) return false;
    this.data.delete(dataId);
    if (entry.complex !== null) {
      this.disposeData(entry.complex.real.dataId);
      this.disposeData(entry.complex.imag.dataId);
    } else if (entry.value !== null) {
      entry.value.held = false;
      if (entry.value.data !== null && !entry.value.escaped) this.#released.push(entry.value);
    }
    return true;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override time(run: () => void): Promise<tf.BackendTimingInfo> {
    this.flush();
    const start = performance.now();
    run();
    this.flush();
    return Promise.resolve({ kernelMs: performance.now() - start });
  }

  override timerAvailable(): boolean {
    return true;
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.#programs.clear();
  }
}
