/**
 * The functions of TensorFlow's C API that are used, as `Deno.dlopen` wants them declared. The API is stable: they have
 * been the same from TensorFlow 2.4 (strings) on.
 */

const pointer = "pointer", buffer = "buffer", nothing = "void", int = "i32", long = "i64", size = "usize";

/** Of `libtensorflow_framework`: what needs no operators. */
export const FRAMEWORK = {
  TF_NewStatus: { parameters: [], result: pointer },
  TF_GetCode: { parameters: [pointer], result: int },
  TF_Message: { parameters: [pointer], result: pointer },
  TF_AllocateTensor: { parameters: [int, buffer, int, size], result: pointer },
  TF_TensorData: { parameters: [pointer], result: pointer },
  TF_TensorByteSize: { parameters: [pointer], result: size },
  TF_TensorElementCount: { parameters: [pointer], result: long },
  TF_TensorType: { parameters: [pointer], result: int },
  TF_DeleteTensor: { parameters: [pointer], result: nothing },
} as const;

/** Of `libtensorflow_cc`: eager operators, strings, saved models. */
export const CORE = {
  TF_Version: { parameters: [], result: pointer },

  TF_StringInit: { parameters: [pointer], result: nothing },
  TF_StringCopy: { parameters: [pointer, buffer, size], result: nothing },
  TF_StringGetDataPointer: { parameters: [pointer], result: pointer },
  TF_StringGetSize: { parameters: [pointer], result: size },
  TF_StringDealloc: { parameters: [pointer], result: nothing },

  TFE_NewContextOptions: { parameters: [], result: pointer },
  TFE_ContextOptionsSetConfig: { parameters: [pointer, buffer, size, pointer], result: nothing },
  TFE_ContextOptionsSetDevicePlacementPolicy: { parameters: [pointer, int], result: nothing },
  TFE_DeleteContextOptions: { parameters: [pointer], result: nothing },
  TFE_NewContext: { parameters: [pointer, pointer], result: pointer },
  TFE_ContextListDevices: { parameters: [pointer, pointer], result: pointer },
  TF_DeviceListCount: { parameters: [pointer], result: int },
  TF_DeviceListName: { parameters: [pointer, int, pointer], result: pointer },
  TF_DeviceListType: { parameters: [pointer, int, pointer], result: pointer },
  TF_DeleteDeviceList: { parameters: [pointer], result: nothing },

  TFE_NewTensorHandle: { parameters: [pointer, pointer], result: pointer },
  TFE_DeleteTensorHandle: { parameters: [pointer], result: nothing },
  TFE_TensorHandleDataType: { parameters: [pointer], result: int },
  TFE_TensorHandleNumDims: { parameters: [pointer, pointer], result: int },
  TFE_TensorHandleDim: { parameters: [pointer, int, pointer], result: long },
  TFE_TensorHandleResolve: { parameters: [pointer, pointer], result: pointer },

  TFE_NewOp: { parameters: [pointer, buffer, pointer], result: pointer },
  TFE_DeleteOp: { parameters: [pointer], result: nothing },
  TFE_OpAddInput: { parameters: [pointer, pointer, pointer], result: nothing },
  TFE_OpSetAttrString: { parameters: [pointer, buffer, buffer, size], result: nothing },
  TFE_OpSetAttrInt: { parameters: [pointer, buffer, long], result: nothing },
  TFE_OpSetAttrIntList: { parameters: [pointer, buffer, buffer, int], result: nothing },
  TFE_OpSetAttrFloat: { parameters: [pointer, buffer, "f32"], result: nothing },
  TFE_OpSetAttrFloatList: { parameters: [pointer, buffer, buffer, int], result: nothing },
  TFE_OpSetAttrBool: { parameters: [pointer, buffer, "u8"], result: nothing },
  TFE_OpSetAttrBoolList: { parameters: [pointer, buffer, buffer, int], result: nothing },
  TFE_OpSetAttrType: { parameters: [pointer, buffer, int], result: nothing },
  TFE_OpSetAttrTypeList: { parameters: [pointer, buffer, buffer, int], result: nothing },
  TFE_OpSetAttrShape: { parameters: [pointer, buffer, buffer, int, pointer], result: nothing },
  TFE_Execute: { parameters: [pointer, buffer, buffer, pointer], result: nothing },

  TF_NewSessionOptions: { parameters: [], result: pointer },
  TF_DeleteSessionOptions: { parameters: [pointer], result: nothing },
  TF_NewGraph: { parameters: [], result: pointer },
  TF_DeleteGraph: { parameters: [pointer], result: nothing },
  TF_LoadSessionFromSavedModel: {
    parameters: [pointer, pointer, buffer, buffer, int, pointer, pointer, pointer],
    result: pointer,
  },
  TF_DeleteSession: { parameters: [pointer, pointer], result: nothing },
  TF_GraphOperationByName: { parameters: [pointer, buffer], result: pointer },
  TF_SessionRun: {
    parameters: [pointer, pointer, buffer, buffer, int, buffer, buffer, int, pointer, int, pointer, pointer],
    result: nothing,
  },
} as const;

/** `TF_DataType`. */
export const DataType = {
  FLOAT: 1,
  UINT8: 4,
  INT32: 3,
  STRING: 7,
  COMPLEX64: 8,
  INT64: 9,
  BOOL: 10,
  RESOURCE: 20,
} as const;

/** `TF_AttrType`. */
export const AttrType = { STRING: 0, INT: 1, FLOAT: 2, BOOL: 3, TYPE: 4, SHAPE: 5, RESOURCE: 6 } as const;
