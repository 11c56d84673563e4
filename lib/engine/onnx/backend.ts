import * as tf from "@tensorflow/tfjs-core";
import type { Inference, Kernel } from "./kernel.ts";
import { lower } from "./lowering/lower.ts";
import { reshapePorts } from "./lowering/ports.ts";
import { Pending, type Section } from "./pending.ts";
import { type PassName, passNames, rewrite } from "./rewriting/mod.ts";
import { probeBlockSize } from "./run/block_size.ts";
import { Buffers } from "./run/buffers.ts";
import type { Native } from "./run/native.ts";
import { Program } from "./run/program.ts";
import { ProgramCache } from "./run/program_cache.ts";
import type { Statistics } from "./statistics.ts";
import { Stored } from "./stored.ts";
import { Call, isDType, type Node, type NumericArray, type Operand, sameShape, sizeOf, Value } from "./value.ts";

/** Kernel calls after which the pending graph runs without being asked. */
const MAX_PENDING = 4096;

/** Kernel calls that are worth a run of their own when control returns to the event loop: fewer wait for company. */
const MIN_STEP = 64;

/** Compiled graphs that are kept. A training run with validation needs about eight. */
const PROGRAM_LIMITS = { count: 48, bytes: 8 * 2 ** 30, least: 8 };

/** Bytes of free memory kept for later tensors, or more where one step takes more. */
const MAX_FREE_BYTES = 256 * 2 ** 20;
const MAX_STEP_BYTES = 2 ** 30;

/** "auto" takes ONNX Runtime's blocked layout where the processor has one; "standard" never does. */
export type LayoutChoice = "auto" | "standard";

/** A place in the recording. */
export interface Mark {
  readonly pending: Pending;
  readonly calls: number;
  readonly looks: number;
}

/**
 * A TensorFlow.js backend that records kernel calls and runs them as ONNX graphs.
 *
 * A call appends to the pending graph. The graph runs when somebody reads a value, when {@link flush} is called, when
 * control returns to the event loop after a step's worth of calls, when a loop begins with its next batch, and when it
 * gets too long. Running computes whatever is still held.
 */
export class OnnxBackend extends tf.KernelBackend {
  /** Data that another backend has named. Its own data ids are the stored data themselves. */
  readonly #foreign = new Map<tf.DataId, Stored>();
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
  #passes: readonly PassName[] = passNames;
  /** Channels in a block of this processor's blocked layout, 0 where it has none; undefined until it was asked. */
  #blockSize: number | undefined;
  #scheduled = false;
  #compiled = 0;
  #runs = 0;
  #dataIds = 0;
  #looks = 0;
  #repeated = 0;

  /** @param threads Threads that one operator may use. */
  constructor(native: Native, threads: number) {
    super();
    this.#native = native;
    this.#threads = threads;
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

  /** The rewriting passes that graphs go through. Compiled graphs belong to them: changing them releases those. */
  get passes(): readonly PassName[] {
    return this.#passes;
  }

  set passes(passes: readonly PassName[]) {
    this.flush();
    this.#programs.clear();
    this.#passes = passes;
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
      repeatedSteps: this.#repeated,
      pending: this.#pending.size,
    };
  }

  countFallback(kernel: string): void {
    this.countLook();
    this.#fallbacks.set(kernel, (this.#fallbacks.get(kernel) ?? 0) + 1);
  }

  // Recording.

  /** Appends a kernel call and returns its outputs, which are not computed yet. */
  record(
    kernel: Kernel,
    tensors: readonly (tf.TensorInfo | null)[],
    { outputs: specs, plan }: Inference,
  ): tf.TensorInfo[] {
    const inputs = new Array<Operand | null>(tensors.length);
    for (let index = 0; index < tensors.length; index++) {
      const tensor = tensors[index];
      inputs[index] = tensor === null ? null : this.operandOf(tensor);
    }
    return this.recordOn(kernel, inputs, { outputs: specs, plan });
  }

  /** The same on values. */
  recordOn(kernel: Kernel, inputs: readonly (Operand | null)[], { outputs: specs, plan }: Inference): tf.TensorInfo[] {
    this.#bound(1);
    const outputs = new Array<Value>(specs.length);
    const call = new Call(kernel, inputs, plan, outputs);
    for (let index = 0; index < specs.length; index++) {
      const value = outputs[index] = new Value(specs[index].shape, specs[index].dtype);
      value.node = call;
    }
    this.#pending.add(call);
    this.#schedule();
    const infos = new Array<tf.TensorInfo>(specs.length);
    for (let index = 0; index < specs.length; index++) infos[index] = this.hold(outputs[index]);
    return infos;
  }

  /** Appends the calls of a step that was recorded before. Nobody holds their outputs yet. */
  repeat(calls: readonly Node[]): void {
    this.#repeated++;
    this.#bound(calls.length);
    for (const call of calls) this.#pending.add(call);
    this.#schedule();
  }

  /** Runs what is pending where so many more calls would be too many. */
  #bound(calls: number): void {
    if (this.#pending.size + calls > MAX_PENDING) this.flush();
  }

  /** Where the recording is now. */
  mark(): Mark {
    return { pending: this.#pending, calls: this.#pending.size, looks: this.#looks };
  }

  /** The calls recorded since, or null where something was computed since, or looked at: then they are not all of it. */
  callsSince({ pending, calls, looks }: Mark): readonly Node[] | null {
    return pending === this.#pending && looks === this.#looks ? pending.from(calls) : null;
  }

  /** Says that stored numbers were looked at outside of the graph. */
  countLook(): void {
    this.#looks++;
  }

  /** A tensor for a value that had none. */
  hold(value: Value): tf.TensorInfo {
    value.held = true;
    return { dataId: this.#store(new Stored(this, value)), shape: value.shape as number[], dtype: value.dtype };
  }

  /** The value behind a tensor. Throws for strings and complex numbers. */
  valueBehind(tensor: tf.TensorInfo): Value {
    const { value } = this.#stored(tensor.dataId);
    if (value === null) throw new Error(`Cannot record a call on a tensor of type ${tensor.dtype}: it has no numbers`);
    return value;
  }

  /** A tensor as a kernel sees it. */
  operandOf(tensor: tf.TensorInfo): Operand {
    const value = this.valueBehind(tensor);
    return sameShape(tensor.shape, value.shape) ? value : { value, shape: tensor.shape };
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
        const graph = reshapePorts(lower(rewrite(section, this.#passes), this.block));
        return new Program(this.#native, graph, this.#threads);
      });
      const results = section.targets.map(({ shape, dtype }) => this.#buffers.take(dtype, sizeOf(shape)));
      const bytes = results.reduce((sum, { byteLength }) => sum + byteLength, 0);
      this.#buffers.makeRoomFor(Math.min(bytes, MAX_STEP_BYTES));
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

  /** What {@link flush} would run, to write it down instead; null where nothing is held that is not computed. */
  pendingSection(): Section | null {
    return this.#pending.section();
  }

  #read(dataId: tf.DataId): Stored {
    const stored = this.#stored(dataId);
    this.countLook();
    if (stored.value !== null) {
      if (stored.value.data === null) this.flush();
      stored.value.escaped = true;
    }
    return stored;
  }

  // Data ids.

  #store(stored: Stored): tf.DataId {
    this.#dataIds++;
    return stored;
  }

  /** What a data id stands for, or null where that is not here. */
  #find(dataId: tf.DataId): Stored | null {
    if (dataId instanceof Stored && dataId.backend === this) return dataId;
    return this.#foreign.get(dataId) ?? null;
  }

  /** What a data id stands for; data of another backend is moved here. */
  #stored(dataId: tf.DataId): Stored {
    const stored = this.#find(dataId);
    if (stored !== null) return stored;
    tf.engine().moveData(this, dataId);
    return this.#find(dataId)!;
  }

  // What TensorFlow.js asks of a backend.

  override write(values: tf.BackendValues | null, shape: number[], dtype: tf.DataType): tf.DataId {
    return this.#store(this.#content(values, shape, dtype));
  }

  override move(
    dataId: tf.DataId,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    references: number,
  ): void {
    const stored = this.#content(values, shape, dtype);
    stored.references = references;
    this.#store(stored);
    this.#foreign.set(dataId, stored);
  }

  #content(values: tf.BackendValues | null, shape: number[], dtype: tf.DataType): Stored {
    if (dtype === "complex64") {
      const { real, imag } = values as unknown as { real: tf.TypedArray; imag: tf.TypedArray };
      const part = (data: tf.TypedArray) => ({
        dataId: this.write(data, shape, "float32"),
        shape,
        dtype: "float32" as const,
      });
      return new Stored(this, null, null, { real: part(real), imag: part(imag) });
    }
    if (!isDType(dtype)) return new Stored(this, null, values as Uint8Array[]);
    const value = new Value([...shape], dtype);
    // A copy: whoever made the tensor may fill the array anew before the pending graph has read it.
    value.data = this.#buffers.take(dtype, sizeOf(shape));
    if (values === null) value.data.fill(0);
    else value.data.set(values as NumericArray);
    value.held = true;
    return new Stored(this, value);
  }

  /** A tensor of complex numbers from its two parts, which it keeps for itself. */
  holdComplex(real: tf.TensorInfo, imag: tf.TensorInfo): tf.TensorInfo {
    const complex = { real: this.alias(real, real.shape), imag: this.alias(imag, imag.shape) };
    return { dataId: this.#store(new Stored(this, null, null, complex)), shape: real.shape, dtype: "complex64" };
  }

  /** The two parts of a tensor of complex numbers. */
  partsOf(tensor: tf.TensorInfo): { readonly real: tf.TensorInfo; readonly imag: tf.TensorInfo } {
    return this.#stored(tensor.dataId).complex!;
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
    return this.#dataIds;
  }

  override refCount(dataId: tf.DataId): number {
    return this.#find(dataId)?.references ?? 0;
  }

  override incRef(dataId: tf.DataId): void {
    this.#stored(dataId).references++;
  }

  decRef(dataId: tf.DataId): void {
    const stored = this.#find(dataId);
    if (stored !== null) stored.references--;
  }

  override disposeData(dataId: tf.DataId, force = false): boolean {
    const stored = this.#find(dataId);
    if (stored === null) return true;
    stored.references--;
    if (!force && stored.references > 0) return false;
    this.#dataIds--;
    stored.backend = null;
    if (this.#foreign.size > 0) this.#foreign.delete(dataId);
    if (stored.complex !== null) {
      this.disposeData(stored.complex.real.dataId);
      this.disposeData(stored.complex.imag.dataId);
    } else if (stored.value !== null) {
      stored.value.held = false;
      if (stored.value.data !== null && !stored.value.escaped) this.#released.push(stored.value);
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
