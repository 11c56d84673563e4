/**
 * ONNX files of others: what is in them, and running them as they are. No tensor of TensorFlow.js is involved, so it
 * makes no difference which engine is in use.
 *
 * @module
 */
export { type OnnxFile, OnnxFileError, type OnnxFileNode, type OnnxFileTensor, readOnnx, withOutputs } from "./read.ts";
export { type OnnxPort, OnnxSession, openOnnx } from "./session.ts";
