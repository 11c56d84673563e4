import type { WrittenGraph, WrittenNode } from "../../engine/mod.ts";
import type { Weight } from "./_weights.ts";

/** A node of a tfjs graph model, as its JSON has it. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, { list?: { i?: readonly string[]; s?: readonly string[] }; s?: string }>>;
}

/** Name of the input of a translated graph. */
export const ONNX_INPUT = "images";

/** What the translation is for. */
export interface Wanted {
  /** [batch, height, width, 3]; an extent that is a text is left open. */
  readonly shape: readonly (number | string)[];
  /** Nodes whose maps become outputs, [batch, channels, height, width]. */
  readonly outputs: readonly string[];
}

/**
 * A convolutional tfjs graph model as an ONNX graph: images come with channels last, as tfjs has them, maps go out with
 * channels first, as ONNX has them. Weights are constants in it, so that ONNX Runtime lays them out once; and
 * activations that the converter took apart are named again, so that ONNX Runtime makes one pass of them and the
 * convolution before. Where such a model has 0.16663 for one sixth, as a 16-bit float has it, the factor that is between
 * them goes onto the filters behind: values stay the same.
 *
 * @returns Null where the graph has what is not translated.
 */
export function graphToOnnx(
  nodes: readonly GraphNode[],
  weights: ReadonlyMap<string, Weight>,
  { shape, outputs }: Wanted,
): WrittenGraph | null {
  const translation = new Translation(nodes, weights);
  try {
    return translation.graph(shape, outputs);
  } catch (error) {
    if (error instanceof Untranslated) return null;
    throw error;
  }
}

class Untranslated extends Error {}

/** One sixth, as a model has it, and what it is multiplied with. */
interface Sixth {
  readonly x: string;
  readonly sixth: number;
}

/** Ends the name of a value that had a factor to come, when it has come. */
const SCALED = "/scaled";

class Translation {
  readonly #nodes: ReadonlyMap<string, GraphNode>;
  readonly #weights: ReadonlyMap<string, Weight>;
  readonly #written: WrittenNode[] = [];
  readonly #constants = new Map<string, Weight>();
  readonly #done = new Set<string>();
  /** What a written value must be multiplied with to be what it stands for; 1 where it is left out. */
  readonly #factors = new Map<string, number>();
  #input = "";

  constructor(nodes: readonly GraphNode[], weights: ReadonlyMap<string, Weight>) {
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    this.#weights = weights;
  }

  graph(shape: readonly (number | string)[], outputs: readonly string[]): WrittenGraph {
    outputs.forEach((output) => this.#need(output));
    outputs.forEach((output) => this.#give(output));
    return {
      name: "backbone",
      input: { name: ONNX_INPUT, shape },
      nodes: this.#written,
      weights: [...this.#constants].map(([name, weight]) => ({ name, ...weight })),
      outputs,
    };
  }

  /** Lets a value have its own name only with its factor: what is written without it gets another. */
  #give(name: string): void {
    const factor = this.#factor(name);
    if (factor === 1) return;
    const short = (value: string) => value === name ? `${name}/unscaled` : value;
    this.#written.forEach((node, i) => {
      this.#written[i] = { ...node, inputs: node.inputs.map(short), output: short(node.output) };
    });
    this.#write("Mul", [short(name), this.#scalar(factor)], name);
  }

  #factor(name: string): number {
    return this.#factors.get(name) ?? 1;
  }

  /** Says what a written value is short of. */
  #scaled(name: string, factor: number): string {
    if (factor !== 1) this.#factors.set(name, factor);
    return name;
  }

  /** Writes a value's operators, after those that it comes from. */
  #need(name: string): string {
    if (this.#done.has(name)) return name;
    this.#done.add(name);
    const node = this.#node(name);
    const swish = this.#hardSwish(node);
    if (swish !== null) {
      return this.#scaled(this.#write("HardSwish", [this.#exactly(swish.x)], name), 6 * swish.sixth);
    }
    const sigmoid = this.#hardSigmoid(node);
    if (sigmoid !== null) {
      const attributes = { alpha: { float: 1 / 6 }, beta: { float: 0.5 } };
      return this.#scaled(
        this.#write("HardSigmoid", [this.#exactly(sigmoid.x)], name, attributes),
        6 * sigmoid.sixth,
      );
    }
    const inputs = node.input ?? [];
    switch (node.op) {
      case "Placeholder":
        if (this.#input !== "") throw new Untranslated("a second input");
        this.#input = name;
        return this.#write("Transpose", [ONNX_INPUT], name, { perm: [0, 3, 1, 2] });
      case "Identity":
        return this.#scaled(this.#write("Identity", [this.#need(inputs[0])], name), this.#factor(inputs[0]));
      case "Conv2D":
      case "_FusedConv2D":
        return this.#convolution(node, false);
      case "DepthwiseConv2dNative":
      case "FusedDepthwiseConv2dNative":
        return this.#convolution(node, true);
      case "Add":
      case "AddV2":
        return this.#write("Add", inputs.map((input) => this.#exactly(input)), name);
      case "Mul":
        return this.#scaled(
          this.#write("Mul", inputs.map((input) => this.#operand(input)), name),
          inputs.reduce((product, input) => product * this.#factor(input), 1),
        );
      case "Relu":
        return this.#write("Relu", [this.#exactly(inputs[0])], name);
      case "Relu6":
        return this.#write("Clip", [this.#exactly(inputs[0]), this.#scalar(0), this.#scalar(6)], name);
      case "Mean": {
        const axes = [...this.#weight(inputs[1]).values].sort().join();
        if (axes !== "1,2") throw new Untranslated(`a mean over ${axes}`);
        return this.#scaled(
          this.#write("GlobalAveragePool", [this.#need(inputs[0])], name), // keeps its axes of one pixel
          this.#factor(inputs[0]),
        );
      }
      default:
        throw new Untranslated(node.op);
    }
  }

  #convolution(node: GraphNode, depthwise: boolean): string {
    const { name, input = [], attr = {} } = node;
    const { shape: [height, width, channels, filters], values } = this.#weight(input[1]);
    const strides = (attr.strides?.list?.i ?? []).map(Number);
    const dilations = (attr.dilations?.list?.i ?? ["1", "1", "1", "1"]).map(Number);
    const padding = atob(attr.padding?.s ?? "");
    const fused = (attr.fused_ops?.list?.s ?? []).map((text) => atob(text));
    const activation = fused.find((op) => op !== "BiasAdd");
    if (!["SAME", "VALID"].includes(padding) || ![undefined, "Relu", "Relu6"].includes(activation)) {
      throw new Untranslated(`${padding} ${activation}`);
    }
    const image = this.#need(input[0]);
    const factor = this.#factor(image);
    const outputs = depthwise ? channels * filters : filters;
    const filter: Weight = {
      shape: [outputs, depthwise ? 1 : channels, height, width],
      values: new Float32Array(values.length),
    };
    for (let at = 0; at < values.length; at++) {
      const f = at % filters, c = Math.floor(at / filters) % channels, tap = Math.floor(at / filters / channels);
      const target = depthwise ? c * filters + f : f * channels + c;
      filter.values[target * height * width + tap] = factor * values[at];
    }
    const parts = [image, this.#constant(`${name}/filter`, filter)];
    if (fused.includes("BiasAdd")) parts.push(this.#constant(`${name}/bias`, this.#weight(input[2])));
    const output = activation === undefined ? name : `${name}/before`;
    this.#write("Conv", parts, output, {
      kernel_shape: [height, width],
      strides: strides.slice(1, 3),
      dilations: dilations.slice(1, 3),
      group: depthwise ? channels : 1,
      auto_pad: padding === "SAME" ? "SAME_UPPER" : "VALID",
    });
    if (activation === "Relu") this.#write("Relu", [output], name);
    if (activation === "Relu6") this.#write("Clip", [output, this.#scalar(0), this.#scalar(6)], name);
    return name;
  }

  /** x in (x * 1/6) * relu6(x + 3), or null. */
  #hardSwish({ op, input = [] }: GraphNode): Sixth | null {
    if (op !== "Mul") return null;
    for (const [scaled, clipped] of [input, input.toReversed()]) {
      const product = this.#withConstant(scaled, ["Mul"], 1 / 6);
      if (product !== null && this.#relu6OfSum(clipped) === product.other) {
        return { x: product.other, sixth: product.constant };
      }
    }
    return null;
  }

  /** x in relu6(x + 3) * 1/6, or null. */
  #hardSigmoid({ name, op }: GraphNode): Sixth | null {
    if (op !== "Mul") return null;
    const product = this.#withConstant(name, ["Mul"], 1 / 6);
    const x = product && this.#relu6OfSum(product.other);
    return x ? { x, sixth: product.constant } : null;
  }

  /** x in relu6(x + 3), or null. */
  #relu6OfSum(name: string): string | null {
    const { op, input = [] } = this.#nodes.get(name) ?? { op: "" };
    return op === "Relu6" ? this.#withConstant(input[0], ["Add", "AddV2"], 3, 1e-9)?.other ?? null : null;
  }

  /** An operator with about this number, and what else it works on. */
  #withConstant(
    name: string,
    ops: readonly string[],
    number: number,
    tolerance = 1e-3,
  ): { readonly other: string; readonly constant: number } | null {
    const { op, input = [] } = this.#nodes.get(name) ?? { op: "" };
    if (!ops.includes(op)) return null;
    for (const [constant, other] of [input, input.toReversed()]) {
      const values = this.#weights.get(constant)?.values;
      if (values?.length === 1 && Math.abs(values[0] - number) <= tolerance * number) {
        return { other, constant: values[0] };
      }
    }
    return null;
  }

  /** A value for an operator that does not let a factor through. */
  #exactly(name: string): string {
    const operand = this.#operand(name);
    const factor = this.#factor(operand);
    if (factor === 1) return operand;
    const exact = `${operand}${SCALED}`;
    if (this.#done.has(exact)) return exact;
    this.#done.add(exact);
    return this.#write("Mul", [operand, this.#scalar(factor)], exact);
  }

  #operand(name: string): string {
    const weight = this.#weights.get(name);
    if (weight === undefined) return this.#need(name);
    const channels = weight.values.length;
    if (weight.shape.length > 1 && weight.shape.at(-1) !== channels) throw new Untranslated("a constant with pixels");
    return this.#constant(name, { shape: channels === 1 ? [] : [1, channels, 1, 1], values: weight.values });
  }

  #scalar(value: number): string {
    return this.#constant(`number ${value}`, { shape: [], values: Float32Array.of(value) });
  }

  #constant(name: string, weight: Weight): string {
    this.#constants.set(name, weight);
    return name;
  }

  #write(type: string, inputs: string[], output: string, attributes?: WrittenNode["attributes"]): string {
    this.#written.push({ type, inputs, output, attributes });
    return output;
  }

  #node(name: string): GraphNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Untranslated(`the value ${name}`); // a second output, as "split:1"
    return node;
  }

  #weight(name: string): Weight {
    const weight = this.#weights.get(name);
    if (weight === undefined) throw new Untranslated(`${name}, which is no constant`);
    return weight;
  }
}
