import { type Body, onnxFile } from "../../engine/mod.ts";
import type { ClassifierContent } from "../classifier.ts";
import type { WriteFacts, WrittenFeatures } from "../fitted.ts";
import { writeFitted } from "../kinds/mod.ts";
import { backboneNodes } from "./backbone_nodes.ts";
import { Nodes, squaredNodes } from "./resize_nodes.ts";

/** What ONNX takes for probabilities of 0; as in `applyTemperature`. */
const SMALLEST = 1e-12;

/**
 * The whole classifier as one ONNX file, preprocessing and calibration included, in standard operators.
 *
 * Input `images`: RGB bytes [n, height, width, 3] of any size. Outputs: `probabilities` [n, K], calibrated; where there is
 * a rule for it, `unlike` [n], whether a picture is unlike anything in training, and `strangeness` [n], what that rests on.
 *
 * Pictures go through one by one, in a loop: whatever comes with a picture, it gets the same answer.
 *
 * @throws PipelineError where a part of it cannot be written down.
 * @throws EngineError unless the engine in use is `onnx`.
 */
export async function classifierFile(content: ClassifierContent): Promise<Uint8Array> {
  const { classes, size, fitted, temperature, unlike, reference, id, name } = content;
  const K = classes.length;
  const written = await writeFitted(fitted, { classes: K, size, features: sharedFeatures() }, "model/");
  const before = new Nodes("scale/"), after = new Nodes("answer/");

  const scaled = new Map<number, string>();
  for (const input of written.inputs) {
    if (!scaled.has(input.size)) scaled.set(input.size, squaredNodes(before, "image", input.size));
    before.nodes.push({ op: "Identity", inputs: [scaled.get(input.size)!], outputs: [input.name] });
  }

  const logs = after.add("Log", [after.add("Max", [written.probabilities, after.number(SMALLEST)])]);
  const calibrated = after.add("Softmax", [after.add("Div", [logs, after.number(temperature)])], { axis: 1 });
  const outputs: Body["outputs"][number][] = [{ name: "p", type: "float32", shape: [K] }];
  after.nodes.push({ op: "Reshape", inputs: [calibrated, after.ints(K)], outputs: ["p"] });
  if (unlike !== null) {
    let strangeness: string;
    if (unlike.kind === "distance") {
      const { dimensions, neighbours } = unlike;
      const m = reference.length / dimensions;
      const turned = new Float32Array(reference.length);
      for (let j = 0; j < m; j++) {
        for (let d = 0; d < dimensions; d++) turned[d * m + j] = reference[j * dimensions + d];
      }
      const seen = written.embedding!;
      const squares = after.add("MatMul", [
        after.add("Mul", [seen, seen]),
        after.constant(new Float32Array(dimensions).fill(1), [dimensions, 1]),
      ]);
      const length = after.add("Max", [after.add("Sqrt", [squares]), after.number(1e-30)]);
      const cosines = after.add("MatMul", [after.add("Div", [seen, length]), after.constant(turned, [dimensions, m])]);
      const k = Math.min(neighbours, m);
      const [nearest] = after.addAll("TopK", [cosines, after.ints(k)], 2);
      const last = after.add("Slice", [nearest, after.ints(k - 1), after.ints(k), after.ints(1)]);
      strangeness = after.add("Sub", [after.number(1), last]);
    } else strangeness = after.addAll("TopK", [calibrated, after.ints(1)], 2)[0];
    const one = after.add("Reshape", [strangeness, after.constant(new BigInt64Array(0), [0])]);
    const threshold = after.constant(Float32Array.of(unlike.threshold), []);
    after.nodes.push(
      { op: unlike.kind === "distance" ? "Greater" : "Less", inputs: [one, threshold], outputs: ["u"] },
      { op: "Identity", inputs: [one], outputs: ["s"] },
    );
    outputs.push({ name: "u", type: "bool", shape: [] }, { name: "s", type: "float32", shape: [] });
  }

  const graph: Body = {
    name: "one picture",
    nodes: [...before.nodes, ...written.nodes, ...after.nodes],
    constants: [...before.constants, ...written.constants, ...after.constants],
    inputs: [{ name: "image", type: "uint8", shape: ["height", "width", 3] }],
    outputs,
  };
  const names = ["probabilities", "unlike", "strangeness"].slice(0, outputs.length);
  return await onnxFile({
    name: "plateau pipeline",
    nodes: [{
      op: "Scan",
      inputs: ["images"],
      outputs: names,
      attributes: { num_scan_inputs: 1, body: { graph } },
    }],
    constants: [],
    inputs: [{ name: "images", type: "uint8", shape: ["n", "height", "width", 3] }],
    outputs: outputs.map(({ type, shape }, i) => ({ name: names[i], type, shape: ["n", ...shape] })),
  }, {
    opset: written.opset,
    domains: written.domains,
    functions: written.functions,
    documentation: `${name}: an image classifier of ${K} classes, made with Plateau. Its card is beside this file.`,
    metadata: { classes: JSON.stringify(classes), pipeline: id, temperature: String(temperature) },
  });
}

/** Features for several members of an ensemble: whoever asks second gets the name of what is there already. */
function sharedFeatures(): WriteFacts["features"] {
  const there = new Map<string, WrittenFeatures>();
  return async (backbone, mirrored) => {
    const key = `${backbone.version}/${mirrored}`;
    const before = there.get(key);
    if (before) return { ...before, inputs: [], nodes: [], constants: [], functions: [] };
    const written = await backboneNodes(backbone, mirrored, `backbone${there.size}/`);
    there.set(key, written);
    return written;
  };
}
