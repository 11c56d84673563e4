/**
 * ONNX files of others: what is in them, and running them as they are. No tensor of TensorFlow.js is involved, so it
 * makes no difference which engine is in use.
 *
 * @module
 */
export { type AddedNode, cutOnnx, withOutputs } from "./cut.ts";
export { type OnnxFile, OnnxFileError, type OnnxFileNode, type OnnxFileTensor, readOnnx } from "./read.ts";
export { type OnnxPort, OnnxSession, openOnnx } from "./session.ts";
export { writeOnnx, type WrittenGraph, type WrittenNode, type WrittenWeight } from "./write.ts";
