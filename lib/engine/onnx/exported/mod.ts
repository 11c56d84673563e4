/**
 * ONNX files for others to run: what was recorded, put together with operators of one's own and parts of other files.
 *
 * @module
 */
export { type FileFacts, type Grafted, grafted, modelFile } from "./model_file.ts";
export type { Body, GraphParts, PlainAttribute, PlainConstant, PlainNode, Port, RawPart } from "./parts.ts";
export type { Recorded } from "./recorded.ts";
