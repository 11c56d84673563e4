import protobuf from "protobufjs/light.js";
import { ModelProto } from "../serialise/messages.ts";
import type { OnnxFile } from "./read.ts";

/** An operator that is added behind a value of the file. */
export interface AddedNode {
  readonly type: "GlobalAveragePool" | "GlobalMaxPool" | "AveragePool";
  readonly input: string;
  readonly output: string;
  /** Of an AveragePool, [height, width]. */
  readonly kernel?: readonly number[];
  readonly strides?: readonly number[];
}

/** Numbers of fields in onnx.proto: ModelProto.graph, GraphProto.node and GraphProto.output. */
const GRAPH = 7;
const NODE = 1;
const OUTPUT = 12;

/** Bytes that follow each other in a protocol buffer: one field with its tag. */
interface Field {
  readonly number: number;
  /** Of tag and content. */
  readonly bytes: Uint8Array;
  /** Content of a field of bytes; empty for others. */
  readonly content: Uint8Array;
}

/**
 * The same file with other outputs, and without the operators that none of them needs: a network without its classifier.
 * All that stays is copied byte by byte, whatever its meaning, so that files of every version come through.
 *
 * @param file What `readOnnx` says of the same bytes.
 * @param outputs Values of the file, or of `added`.
 */
export function cutOnnx(
  bytes: Uint8Array,
  file: OnnxFile,
  outputs: readonly string[],
  added: readonly AddedNode[] = [],
): Uint8Array {
  const needed = neededNodes(file, [...outputs, ...added.map(({ input }) => input)]);
  const writer = protobuf.Writer.create();
  for (const field of fieldsOf(bytes)) {
    if (field.number !== GRAPH) {
      writer.raw(field.bytes);
      continue;
    }
    let node = 0;
    const graph = protobuf.Writer.create();
    for (const inner of fieldsOf(field.content)) {
      if (inner.number === OUTPUT || inner.number === NODE && !needed.has(node++)) continue;
      graph.raw(inner.bytes);
    }
    writer.uint32(GRAPH << 3 | 2).bytes(graph.finish());
  }
  // A message that comes twice counts as one: what is added is written behind.
  writer.raw(
    ModelProto.encode({ graph: { node: added.map(nodeOf), output: outputs.map((name) => ({ name })) } }).finish(),
  );
  return writer.finish();
}

/** The same file with further outputs: values that a node computes. */
export function withOutputs(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  const writer = protobuf.Writer.create().raw(bytes);
  return writer.raw(ModelProto.encode({ graph: { output: names.map((name) => ({ name })) } }).finish()).finish();
}

/** Indices of the operators that these values come from. */
function neededNodes({ nodes }: OnnxFile, values: readonly string[]): Set<number> {
  // The body of a loop or branch uses values that its inputs do not name.
  if (nodes.some(({ type }) => ["If", "Loop", "Scan", "SequenceMap"].includes(type))) return new Set(nodes.keys());
  const maker = new Map(nodes.flatMap(({ outputs }, i) => outputs.map((output) => [output, i] as const)));
  const needed = new Set<number>();
  const open = [...values];
  while (open.length > 0) {
    const index = maker.get(open.pop()!);
    if (index === undefined || needed.has(index)) continue;
    needed.add(index);
    open.push(...nodes[index].inputs);
  }
  return needed;
}

function nodeOf({ type, input, output, kernel, strides }: AddedNode) {
  const attribute = Object.entries({ kernel_shape: kernel, strides }).flatMap(([name, ints]) =>
    ints === undefined ? [] : [{ name, type: 7, ints }]
  );
  return { opType: type, input: [input], output: [output], name: output, attribute };
}

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const [number, wire] = [tag >>> 3, tag & 7];
    let content = bytes.subarray(0, 0);
    if (wire === 2) {
      const length = reader.uint32();
      content = bytes.subarray(reader.pos, reader.pos + length);
      reader.skip(length);
    } else {
      reader.skipType(wire);
    }
    yield { number, bytes: bytes.subarray(start, reader.pos), content };
  }
}
