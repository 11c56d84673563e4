import { ModelProto } from "../../lib/engine/onnx/serialise/messages.ts";
import { Random } from "../../lib/stats/mod.ts";

/** A classifier of 4x4 to 32x32 images: two convolutions with ReLU, pooling between them, scores of 5 classes. */
export function tinyOnnx(
  { inputs = 1, size = 16, batch = 0, channels = 3 }: {
    readonly inputs?: number;
    readonly size?: number;
    /** 0 for any. */
    readonly batch?: number;
    readonly channels?: number;
  } = {},
): Uint8Array {
  const random = new Random("tiny onnx");
  const weight = (name: string, dims: number[]) => {
    const values = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal() / 4);
    return { name, dims, dataType: 1, rawData: new Uint8Array(values.buffer) };
  };
  const node = (opType: string, input: string[], output: string, attribute: object[] = []) => {
    return { opType, input, output: [output], name: output, attribute };
  };
  const ints = (name: string, ...values: number[]) => ({ name, type: 7, ints: values });
  const same = [ints("kernel_shape", 3, 3), ints("pads", 1, 1, 1, 1)];
  const image = (name: string) => ({
    name,
    type: {
      tensorType: {
        elemType: 1,
        shape: { dim: [batch === 0 ? { dimParam: "n" } : { dimValue: batch }, channels, size, size].map(dimOf) },
      },
    },
  });
  const names = Array.from({ length: inputs }, (_, i) => i === 0 ? "image" : `image_${i + 1}`);
  return ModelProto.encode({
    irVersion: 7,
    producerName: "test",
    opsetImport: [{ domain: "", version: 11 }],
    graph: {
      name: "tiny",
      node: [
        ...(inputs > 1 ? [node("Add", names, "both")] : []),
        node("Conv", [inputs > 1 ? "both" : "image", "w1"], "conv1", same),
        node("Relu", ["conv1"], "relu1"),
        node("MaxPool", ["relu1"], "pool1", [ints("kernel_shape", 2, 2), ints("strides", 2, 2)]),
        node("Conv", ["pool1", "w2"], "conv2", same),
        node("Relu", ["conv2"], "relu2"),
        node("GlobalAveragePool", ["relu2"], "average"),
        node("Flatten", ["average"], "flat"),
        node("Gemm", ["flat", "w3"], "scores"),
      ],
      initializer: [weight("w1", [6, channels, 3, 3]), weight("w2", [8, 6, 3, 3]), weight("w3", [8, 5])],
      input: names.map(image),
      output: [{ name: "scores" }],
    },
  }).finish();
}

function dimOf(extent: number | object) {
  return typeof extent === "number" ? { dimValue: extent } : extent;
}
