import { type Library, TensorFlowError } from "./library.ts";
import { AttrType, DataType } from "./symbols.ts";

/** A value that TensorFlow owns, until it is given back with {@link TensorFlow.release}. */
export type Handle = Deno.PointerObject;

/** An attribute of an operator, as tfjs-node writes it. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** Content of a tensor: numbers, or one array of bytes for each string. */
export type Content = Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint8Array[];

/** `TFE_DEVICE_PLACEMENT_SILENT`: an input on another device is copied. */
const SILENT = 2;

/** Bytes of a `TF_TString`. */
const STRING_BYTES = 24;

/**
 * TensorFlow's eager operators, as plain calls: names and numbers in, values out, every failure an error. Nothing here
 * knows of TensorFlow.js.
 */
export class TensorFlow {
  readonly #library: Library;
  readonly #status: Deno.PointerValue;
  readonly #context: Deno.PointerValue;
  readonly #names = new Map<string, Uint8Array<ArrayBuffer>>();
  /** As "2.21.0". */
  readonly version: string;
  /** Kinds of its devices: "CPU", "GPU". */
  readonly devices: readonly string[];

  /** @param threads Threads that one operator may use. */
  constructor(library: Library, readonly threads: number) {
    this.#library = library;
    const { core, framework } = library;
    this.version = text(core.TF_Version());
    this.#status = framework.TF_NewStatus();
    const options = core.TFE_NewContextOptions();
    // A ConfigProto: intra_op_parallelism_threads (2) and inter_op_parallelism_threads (5).
    const config = Uint8Array.of(0x10, threads, 0x28, 1);
    core.TFE_ContextOptionsSetConfig(options, config, BigInt(config.length), this.#status);
    core.TFE_ContextOptionsSetDevicePlacementPolicy(options, SILENT);
    this.#context = core.TFE_NewContext(options, this.#status);
    core.TFE_DeleteContextOptions(options);
    this.#check("start TensorFlow");
    this.devices = this.#listDevices();
  }

  /**
   * A value of these numbers or strings. They are copied.
   *
   * @param dtype `TF_DataType`. Numbers of 64 bits come as `BigInt64Array`, or as `Int32Array` of their halves.
   */
  create(shape: readonly number[], dtype: number, content: ArrayLike<number> | Content): Handle {
    const { core, framework } = this.#library;
    const count = shape.reduce((product, extent) => product * extent, 1);
    const bytes = dtype === DataType.STRING ? null : bytesOf(dtype, content as ArrayLike<number>);
    const length = bytes?.length ?? count * STRING_BYTES;
    const tensor = framework.TF_AllocateTensor(dtype, dims(shape), shape.length, BigInt(length));
    if (tensor === null) throw new TensorFlowError(`Cannot make a tensor of shape [${shape}]: out of memory`);
    try {
      if (length > 0) {
        const data = framework.TF_TensorData(tensor)!;
        if (bytes !== null) view(data, length).set(bytes);
        else this.#writeStrings(data, content as ArrayLike<unknown>);
      }
      const handle = core.TFE_NewTensorHandle(tensor, this.#status);
      this.#check("make a tensor");
      return handle!;
    } finally {
      framework.TF_DeleteTensor(tensor);
    }
  }

  release(handle: Handle): void {
    this.#library.core.TFE_DeleteTensorHandle(handle);
  }

  /** The content, copied out. Waits until it is computed. */
  read(handle: Handle): Content {
    const { core, framework } = this.#library;
    const tensor = core.TFE_TensorHandleResolve(handle, this.#status);
    this.#check("read a tensor");
    try {
      const dtype = framework.TF_TensorType(tensor);
      const bytes = Number(framework.TF_TensorByteSize(tensor));
      const data = framework.TF_TensorData(tensor);
      if (dtype === DataType.STRING) return this.#readStrings(data, Number(framework.TF_TensorElementCount(tensor)));
      const copy = bytes === 0 || data === null ? new ArrayBuffer(0) : view(data, bytes).slice().buffer;
      return arrayOf(dtype, copy);
    } finally {
      framework.TF_DeleteTensor(tensor);
    }
  }

  dtypeOf(handle: Handle): number {
    return this.#library.core.TFE_TensorHandleDataType(handle);
  }

  shapeOf(handle: Handle): number[] {
    const { core } = this.#library;
    const shape = new Array<number>(core.TFE_TensorHandleNumDims(handle, this.#status));
    for (let axis = 0; axis < shape.length; axis++) {
      shape[axis] = Number(core.TFE_TensorHandleDim(handle, axis, this.#status));
    }
    return shape;
  }

  /**
   * Runs one operator.
   *
   * @returns `count` values, to be released by the caller.
   * @throws TensorFlowError naming the operator, with TensorFlow's message.
   */
  execute(name: string, attributes: readonly Attribute[], inputs: readonly Handle[], count: number): Handle[] {
    const { core } = this.#library;
    const op = core.TFE_NewOp(this.#context, this.#name(name), this.#status);
    this.#check(name);
    try {
      for (const input of inputs) core.TFE_OpAddInput(op, input, this.#status);
      for (const attribute of attributes) this.#setAttribute(op, attribute);
      this.#check(name);
      // TensorFlow writes fewer values where there are fewer; room for one keeps the memory from being empty.
      const results = new BigUint64Array(Math.max(1, count)), written = Int32Array.of(count);
      core.TFE_Execute(op, results, written, this.#status);
      this.#check(name);
      const handles = new Array<Handle>(written[0]);
      for (let index = 0; index < handles.length; index++) {
        handles[index] = Deno.UnsafePointer.create(results[index])!;
      }
      return handles;
    } finally {
      core.TFE_DeleteOp(op);
    }
  }

  /** Loads a SavedModel; {@link run} runs it. */
  load(folder: string, tags: readonly string[]): SavedModel {
    const { core } = this.#library;
    const options = core.TF_NewSessionOptions(), graph = core.TF_NewGraph();
    const { list, keep } = texts(tags);
    const session = core.TF_LoadSessionFromSavedModel(
      options,
      null,
      encode(folder),
      list,
      keep.length,
      graph,
      null,
      this.#status,
    );
    core.TF_DeleteSessionOptions(options);
    try {
      this.#check(`load the SavedModel "${folder}"`);
    } catch (error) {
      core.TF_DeleteGraph(graph);
      throw error;
    }
    return { session, graph };
  }

  unload({ session, graph }: SavedModel): void {
    this.#library.core.TF_DeleteSession(session, this.#status);
    this.#library.core.TF_DeleteGraph(graph);
    this.#check("release a SavedModel");
  }

  /** Runs a SavedModel from inputs to outputs, each named as "operation:0". */
  run(model: SavedModel, inputs: readonly Handle[], from: readonly string[], to: readonly string[]): Handle[] {
    const { core, framework } = this.#library;
    const ends = (names: readonly string[]) => {
      const words = new BigUint64Array(2 * names.length); // TF_Output: an operation, and the number of its output
      names.forEach((name, index) => {
        const [operation, output = "0"] = name.split(":");
        const found = core.TF_GraphOperationByName(model.graph, encode(operation));
        if (found === null) throw new TensorFlowError(`Cannot run the SavedModel: it has no operation "${operation}"`);
        words[2 * index] = Deno.UnsafePointer.value(found);
        words[2 * index + 1] = BigInt(output);
      });
      return words;
    };
    const [starts, stops] = [ends(from), ends(to)];
    const given: Deno.PointerValue[] = [];
    const results = new BigUint64Array(to.length);
    try {
      for (const input of inputs) {
        given.push(core.TFE_TensorHandleResolve(input, this.#status));
        this.#check("run a SavedModel");
      }
      const values = BigUint64Array.from(given, (pointer) => Deno.UnsafePointer.value(pointer));
      core.TF_SessionRun(
        model.session,
        null,
        starts,
        values,
        inputs.length,
        stops,
        results,
        to.length,
        null,
        0,
        null,
        this.#status,
      );
      this.#check("run a SavedModel");
      return Array.from(results, (address) => {
        const handle = core.TFE_NewTensorHandle(Deno.UnsafePointer.create(address), this.#status);
        this.#check("run a SavedModel");
        return handle!;
      });
    } finally {
      given.forEach((tensor) => framework.TF_DeleteTensor(tensor));
      for (const address of results) framework.TF_DeleteTensor(Deno.UnsafePointer.create(address));
    }
  }

  #setAttribute(op: Deno.PointerValue, { name, type, value }: Attribute): void {
    const { core } = this.#library, key = this.#name(name), list = Array.isArray(value) || ArrayBuffer.isView(value);
    const numbers = value as ArrayLike<number>;
    switch (type) {
      case AttrType.TYPE:
        return list
          ? core.TFE_OpSetAttrTypeList(op, key, Int32Array.from(numbers), numbers.length)
          : core.TFE_OpSetAttrType(op, key, value as number);
      case AttrType.BOOL:
        return list
          ? core.TFE_OpSetAttrBoolList(op, key, Uint8Array.from(numbers), numbers.length)
          : core.TFE_OpSetAttrBool(op, key, value ? 1 : 0);
      case AttrType.INT:
        return list
          ? core.TFE_OpSetAttrIntList(op, key, dims(numbers), numbers.length)
          : core.TFE_OpSetAttrInt(op, key, BigInt(Math.trunc(value as number)));
      case AttrType.FLOAT:
        return list
          ? core.TFE_OpSetAttrFloatList(op, key, Float32Array.from(numbers), numbers.length)
          : core.TFE_OpSetAttrFloat(op, key, value as number);
      case AttrType.STRING: {
        const bytes = typeof value === "string" ? this.#name(value) : value as Uint8Array<ArrayBuffer>;
        const length = typeof value === "string" ? bytes.length - 1 : bytes.length;
        return core.TFE_OpSetAttrString(op, key, bytes, BigInt(length));
      }
      case AttrType.SHAPE:
        return core.TFE_OpSetAttrShape(op, key, dims(numbers), numbers.length, this.#status);
      default:
        throw new TensorFlowError(`Cannot set the attribute "${name}": there is no type ${type}`);
    }
  }

  #writeStrings(data: Deno.PointerObject, strings: ArrayLike<unknown>): void {
    const { core } = this.#library;
    for (let index = 0; index < strings.length; index++) {
      const one = strings[index];
      const bytes = typeof one === "string" ? new TextEncoder().encode(one) : Uint8Array.from(one as Uint8Array);
      const place = Deno.UnsafePointer.offset(data, index * STRING_BYTES);
      core.TF_StringInit(place);
      core.TF_StringCopy(place, bytes.length > 0 ? bytes : new Uint8Array(1), BigInt(bytes.length));
    }
  }

  #readStrings(data: Deno.PointerValue, count: number): Uint8Array[] {
    const { core } = this.#library;
    return Array.from({ length: count }, (_, index) => {
      const place = Deno.UnsafePointer.offset(data!, index * STRING_BYTES);
      const length = Number(core.TF_StringGetSize(place));
      return length === 0 ? new Uint8Array(0) : view(core.TF_StringGetDataPointer(place)!, length).slice();
    });
  }

  #listDevices(): string[] {
    const { core } = this.#library;
    const list = core.TFE_ContextListDevices(this.#context, this.#status);
    this.#check("list devices");
    const kinds = Array.from(
      { length: core.TF_DeviceListCount(list) },
      (_, index) => text(core.TF_DeviceListType(list, index, this.#status)),
    );
    core.TF_DeleteDeviceList(list);
    return kinds;
  }

  /** A name as C wants it, made once: names of operators and attributes are few. */
  #name(name: string): Uint8Array<ArrayBuffer> {
    let bytes = this.#names.get(name);
    if (bytes === undefined) this.#names.set(name, bytes = encode(name));
    return bytes;
  }

  #check(what: string): void {
    const { framework } = this.#library;
    if (framework.TF_GetCode(this.#status) === 0) return;
    throw new TensorFlowError(`Cannot run TensorFlow's ${what}: ${text(framework.TF_Message(this.#status))}`);
  }
}

/** A SavedModel that is loaded. */
export interface SavedModel {
  readonly session: Deno.PointerValue;
  readonly graph: Deno.PointerValue;
}

function text(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
}

function encode(name: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${name}\0`);
}

/** C's list of texts; `keep` holds their memory. */
function texts(all: readonly string[]): { list: BigUint64Array<ArrayBuffer>; keep: Uint8Array[] } {
  const keep = all.map(encode);
  return { list: BigUint64Array.from(keep, (bytes) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes))), keep };
}

function dims(shape: ArrayLike<number>): BigInt64Array<ArrayBuffer> {
  return BigInt64Array.from(shape, (extent) => BigInt(Math.trunc(extent)));
}

function view(pointer: Deno.PointerObject, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, length));
}

/** The bytes of numbers, without a copy where they are in TensorFlow's format already. */
function bytesOf(dtype: number, content: ArrayLike<number> | Content): Uint8Array {
  const array = inFormat(dtype, content);
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function inFormat(dtype: number, content: ArrayLike<number> | Content): ArrayBufferView {
  switch (dtype) {
    case DataType.FLOAT:
    case DataType.COMPLEX64:
      return content instanceof Float32Array ? content : Float32Array.from(content as ArrayLike<number>);
    case DataType.INT32:
      return content instanceof Int32Array ? content : Int32Array.from(content as ArrayLike<number>);
    case DataType.INT64:
      return content as Int32Array | BigInt64Array;
    case DataType.BOOL:
    case DataType.UINT8:
      return content instanceof Uint8Array ? content : Uint8Array.from(content as ArrayLike<number>);
    default:
      throw new TensorFlowError(`Cannot make a tensor: there are no numbers of TensorFlow's type ${dtype}`);
  }
}

function arrayOf(dtype: number, buffer: ArrayBuffer): Exclude<Content, Uint8Array[]> {
  switch (dtype) {
    case DataType.FLOAT:
    case DataType.COMPLEX64:
      return new Float32Array(buffer);
    case DataType.INT32:
      return new Int32Array(buffer);
    case DataType.INT64:
      return new BigInt64Array(buffer);
    case DataType.BOOL:
    case DataType.UINT8:
    case DataType.RESOURCE:
      return new Uint8Array(buffer);
    default:
      throw new TensorFlowError(`Cannot read a tensor of TensorFlow's type ${dtype}`);
  }
}
