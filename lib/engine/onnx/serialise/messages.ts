import protobuf from "protobufjs/light.js";

/**
 * The part of onnx.proto (ONNX's interchange format) that is written and read here: names, field numbers and types are the
 * format's.
 */
const descriptor = {
  nested: {
    ModelProto: {
      fields: {
        irVersion: { type: "int64", id: 1 },
        producerName: { type: "string", id: 2 },
        docString: { type: "string", id: 6 },
        graph: { type: "GraphProto", id: 7 },
        opsetImport: { rule: "repeated", type: "OperatorSetIdProto", id: 8 },
        metadataProps: { rule: "repeated", type: "StringStringEntryProto", id: 14 },
        functions: { rule: "repeated", type: "bytes", id: 25 },
      },
    },
    OperatorSetIdProto: {
      fields: { domain: { type: "string", id: 1 }, version: { type: "int64", id: 2 } },
    },
    StringStringEntryProto: {
      fields: { key: { type: "string", id: 1 }, value: { type: "string", id: 2 } },
    },
    GraphProto: {
      fields: {
        node: { rule: "repeated", type: "NodeProto", id: 1 },
        name: { type: "string", id: 2 },
        initializer: { rule: "repeated", type: "TensorProto", id: 5 },
        input: { rule: "repeated", type: "ValueInfoProto", id: 11 },
        output: { rule: "repeated", type: "ValueInfoProto", id: 12 },
        sparseInitializer: { rule: "repeated", type: "bytes", id: 15 },
      },
    },
    NodeProto: {
      fields: {
        input: { rule: "repeated", type: "string", id: 1 },
        output: { rule: "repeated", type: "string", id: 2 },
        name: { type: "string", id: 3 },
        opType: { type: "string", id: 4 },
        attribute: { rule: "repeated", type: "AttributeProto", id: 5 },
        domain: { type: "string", id: 7 },
        overload: { type: "string", id: 8 },
      },
    },
    AttributeProto: {
      fields: {
        name: { type: "string", id: 1 },
        f: { type: "float", id: 2 },
        i: { type: "int64", id: 3 },
        s: { type: "bytes", id: 4 },
        t: { type: "bytes", id: 5 },
        g: { type: "bytes", id: 6 },
        floats: { rule: "repeated", type: "float", id: 7, options: { packed: false } },
        ints: { rule: "repeated", type: "int64", id: 8, options: { packed: false } },
        strings: { rule: "repeated", type: "bytes", id: 9 },
        tensors: { rule: "repeated", type: "bytes", id: 10 },
        graphs: { rule: "repeated", type: "bytes", id: 11 },
        type: { type: "int32", id: 20 },
        refAttrName: { type: "string", id: 21 },
        sparseTensor: { type: "bytes", id: 22 },
      },
    },
    TensorProto: {
      fields: {
        dims: { rule: "repeated", type: "int64", id: 1, options: { packed: false } },
        dataType: { type: "int32", id: 2 },
        floatData: { rule: "repeated", type: "float", id: 4 },
        name: { type: "string", id: 8 },
        rawData: { type: "bytes", id: 9 },
        dataLocation: { type: "int32", id: 14 },
      },
    },
    ValueInfoProto: {
      fields: { name: { type: "string", id: 1 }, type: { type: "TypeProto", id: 2 } },
    },
    TypeProto: {
      fields: { tensorType: { type: "TensorTypeProto", id: 1 } },
    },
    TensorTypeProto: {
      fields: { elemType: { type: "int32", id: 1 }, shape: { type: "TensorShapeProto", id: 2 } },
    },
    TensorShapeProto: {
      fields: { dim: { rule: "repeated", type: "DimensionProto", id: 1 } },
    },
    DimensionProto: {
      fields: { dimValue: { type: "int64", id: 1 }, dimParam: { type: "string", id: 2 } },
    },
  },
};

/** The same, but what a graph is made of is bytes. */
const inParts = structuredClone(descriptor);
for (const name of ["node", "initializer", "input", "output"] as const) {
  inParts.nested.GraphProto.fields[name].type = "bytes";
}

const whole = protobuf.Root.fromJSON(descriptor);

/** onnx.ModelProto. */
export const ModelProto = whole.lookupType("ModelProto");
/** onnx.GraphProto. As an attribute it is bytes: descriptors don't refer to themselves. */
export const GraphProto = whole.lookupType("GraphProto");

const root = protobuf.Root.fromJSON(inParts);

/**
 * Messages whose graphs have bytes for nodes, constants and ports: on the wire a message is nothing else, and so parts of
 * somebody else's file go through untouched.
 */
export const parts = {
  Model: root.lookupType("ModelProto"),
  Graph: root.lookupType("GraphProto"),
  Node: root.lookupType("NodeProto"),
  Tensor: root.lookupType("TensorProto"),
  ValueInfo: root.lookupType("ValueInfoProto"),
};
