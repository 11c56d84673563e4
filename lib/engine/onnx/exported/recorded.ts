import type * as tf from "@tensorflow/tfjs-core";
import type { OnnxBackend } from "../backend.ts";
import type { Attribute } from "../lowering/edge.ts";
import { lower } from "../lowering/lower.ts";
import { passNames, rewrite } from "../rewriting/mod.ts";
import type { GraphParts, PlainConstant } from "./parts.ts";

/** Version of the standard operators that lowering writes. */
const RECORDED_OPSET = 21;

/** What was computed, as operators of standard ONNX. */
export interface Recorded extends GraphParts {
  /** Names of the input and of the output within the parts. */
  readonly input: string;
  readonly output: string;
  /** Of the output. */
  readonly shape: readonly number[];
  /** Version of the standard operators that it is written in. */
  readonly opset: number;
}

/**
 * The pending computation of `output` from `input` as standard ONNX; whatever else it reads, weights above all, becomes a
 * constant. It is not run.
 *
 * @param input A stored tensor that nothing else was computed from.
 * @param prefix Begins all names, so that the parts of several recordings do not meet.
 * @throws {Error} where some of it was computed already, by a kernel that is not lowered: it would be a constant.
 */
export function recordedParts(
  backend: OnnxBackend,
  input: tf.Tensor,
  output: tf.Tensor,
  prefix: string,
): Recorded {
  const section = backend.pendingSection();
  const source = backend.valueBehind(input), target = backend.valueBehind(output);
  const at = section?.feeds.indexOf(source) ?? -1;
  if (section === null || at < 0 || section.targets.length !== 1 || section.targets[0] !== target) {
    throw new Error(
      "Cannot write the computation as ONNX: it must be one graph from its input to its output, " +
        "a part of it was computed before",
    );
  }
  const graph = lower(rewrite(section, passNames), 0);
  const named = (name: string) => `${prefix}${name}`;
  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs.map((edge) => edge?.name)));
  const feeds = graph.inputs.flatMap(({ name, shape }, index): PlainConstant[] =>
    index === at || !used.has(name) ? [] : [{ name: named(name), shape, data: section.feeds[index].data!.slice() }]
  );
  return {
    input: named(graph.inputs[at].name),
    output: named(graph.outputs[0].name),
    shape: [...output.shape],
    opset: RECORDED_OPSET,
    nodes: graph.nodes.map(({ type, domain, inputs, outputs, attributes }) => ({
      op: type,
      domain,
      inputs: inputs.map((edge) => edge === null ? "" : named(edge.name)),
      outputs: outputs.map((edge) => named(edge.name)),
      attributes: attributes as Record<string, Attribute>,
    })),
    constants: [
      ...feeds,
      ...graph.initializers.filter(({ edge }) => used.has(edge.name)).map(({ edge, data }) => ({
        name: named(edge.name),
        shape: edge.shape,
        data,
      })),
    ],
  };
}
