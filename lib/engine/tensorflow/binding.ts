import { TensorFlowError } from "./library.ts";
import { type Attribute, type Content, type Handle, type SavedModel, type TensorFlow } from "./tensorflow.ts";
import { AttrType, DataType } from "./symbols.ts";

/** A value that an operator gave. */
interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/**
 * What tfjs-node's kernels expect of their native addon (`TFJSBinding` there), on TensorFlow's C API: values are numbers
 * in a table here, and are released when tfjs-node says so.
 */
export function binding(tensorflow: TensorFlow) {
  const values = new Map<number, Handle>();
  const models = new Map<number, SavedModel>();
  let nextValue = 0, nextModel = 0;

  const keep = (handle: Handle): number => {
    values.set(nextValue, handle);
    return nextValue++;
  };
  const valueOf = (id: number): Handle => {
    const handle = values.get(id);
    if (handle === undefined) throw new TensorFlowError(`Cannot use tensor ${id}: it is disposed, or was never made`);
    return handle;
  };
  const modelOf = (id: number): SavedModel => {
    const model = models.get(id);
    if (model === undefined) throw new TensorFlowError(`Cannot use SavedModel ${id}: it is disposed`);
    return model;
  };
  const metadata = (handle: Handle): TensorMetadata => ({
    id: keep(handle),
    shape: tensorflow.shapeOf(handle),
    dtype: tensorflow.dtypeOf(handle),
  });

  return {
    TF_FLOAT: DataType.FLOAT,
    TF_INT32: DataType.INT32,
    TF_INT64: DataType.INT64,
    TF_BOOL: DataType.BOOL,
    TF_COMPLEX64: DataType.COMPLEX64,
    TF_STRING: DataType.STRING,
    TF_RESOURCE: DataType.RESOURCE,
    TF_UINT8: DataType.UINT8,
    TF_ATTR_STRING: AttrType.STRING,
    TF_ATTR_INT: AttrType.INT,
    TF_ATTR_FLOAT: AttrType.FLOAT,
    TF_ATTR_BOOL: AttrType.BOOL,
    TF_ATTR_TYPE: AttrType.TYPE,
    TF_ATTR_SHAPE: AttrType.SHAPE,
    TF_ATTR_RESOURCE: AttrType.RESOURCE,
    TF_Version: tensorflow.version,

    isUsingGpuDevice: (): boolean => tensorflow.devices.includes("GPU"),
    getNumOfTensors: (): number => values.size,
    getNumOfSavedModels: (): number => models.size,

    createTensor: (shape: number[], dtype: number, content: Content): number =>
      keep(tensorflow.create(shape, dtype, content)),

    deleteTensor(id: number): void {
      tensorflow.release(valueOf(id));
      values.delete(id);
    },

    tensorDataSync: (id: number): Content => tensorflow.read(valueOf(id)),

    executeOp: (name: string, attributes: Attribute[], inputs: number[], count: number): TensorMetadata[] =>
      tensorflow.execute(name, attributes, inputs.map(valueOf), count).map(metadata),

    loadSavedModel(folder: string, tags: string): number {
      models.set(nextModel, tensorflow.load(folder, tags.split(",")));
      return nextModel++;
    },

    deleteSavedModel(id: number): void {
      tensorflow.unload(modelOf(id));
      models.delete(id);
    },

    runSavedModel: (id: number, inputs: number[], from: string, to: string): TensorMetadata[] =>
      tensorflow.run(modelOf(id), inputs.map(valueOf), from.split(","), to.split(",")).map(metadata),
  };
}
