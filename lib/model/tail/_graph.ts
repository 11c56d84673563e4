import { Buffer } from "node:buffer";
import { layers, tf } from "../../engine/mod.ts";
import { BackboneError } from "../backbone/types.ts";
import { Affine } from "./_layers.ts";

/** A node of a tfjs graph model's JSON. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, unknown>>;
}

/** A graph model as data: its operations with inputs first, and the constants that they read. */
export interface Graph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** Names of all that is no constant, inputs first. */
  readonly order: readonly string[];
  readonly constants: ReadonlyMap<string, tf.Tensor>;
}

/** Nodes are named with their output ("name:0") or a control dependency ("^name"); neither matters here. */
export function bare(name: string): string {
  return name.replace(/^\^/, "").replace(/:\d+$/, "");
}

/** Names of what a node reads that is no constant. */
export function readBy({ nodes, constants }: Pick<Graph, "nodes" | "constants">, name: string): string[] {
  return (nodes.get(name)?.input ?? []).filter((input) => !input.startsWith("^")).map(bare)
    .filter((input) => !constants.has(input));
}

/** Puts inputs before what reads them. */
export function graphOf(list: readonly GraphNode[], constants: ReadonlyMap<string, tf.Tensor>): Graph {
  const nodes = new Map(list.map((node) => [node.name, node]));
  const order: string[] = [], seen = new Set<string>();
  // Without recursion: a graph may be thousands of nodes deep.
  for (const { name: root } of list) {
    const open: [name: string, left: string[]][] = [];
    const enter = (name: string) => {
      if (seen.has(name) || constants.has(name) || !nodes.has(name)) return;
      seen.add(name);
      open.push([name, readBy({ nodes, constants }, name)]);
    };
    enter(root);
    while (open.length > 0) {
      const [, left] = open[open.length - 1];
      const next = left.shift();
      if (next !== undefined) enter(next);
      else order.push(open.pop()![0]);
    }
  }
  return { nodes, order, constants };
}

/** Whether it is a convolution over more than one pixel. */
export function isSpatial({ nodes, constants }: Graph, name: string): boolean {
  const node = nodes.get(name)!;
  if (!/Conv2[dD]/.test(node.op)) return false;
  const filter = constants.get(bare(node.input![1]));
  return filter !== undefined && filter.shape[0]! * filter.shape[1]! > 1;
}

/** A layer and the weights to be put into it once it is built. */
export interface Rebuilt {
  readonly output: layers.SymbolicTensor;
  readonly weights?: readonly tf.Tensor[];
  readonly layer?: layers.layers.Layer;
}

/**
 * One operation of a frozen graph as a layer of `tf.layers` that can be trained.
 *
 * @param inputs What it reads, as far as that is no constant.
 * @throws BackboneError where there is no such layer.
 */
export function rebuildNode(
  { nodes, constants }: Graph,
  name: string,
  inputs: readonly layers.SymbolicTensor[],
): Rebuilt {
  const node = nodes.get(name)!;
  const refuse = (why: string) =>
    new BackboneError(`Cannot fine-tune from here: the operation ${node.op} of "${name}" ${why}`);
  const given = (node.input ?? []).filter((input) => !input.startsWith("^")).map(bare);
  const constant = given.map((input) => constants.get(input)).filter((one) => one !== undefined);
  const own = { name: layerName(name) };
  const [x] = inputs;
  const plain = (layer: layers.layers.Layer, of: unknown = x): Rebuilt => ({
    output: layer.apply(of as layers.SymbolicTensor) as layers.SymbolicTensor,
  });
  switch (node.op) {
    case "Conv2D":
    case "_FusedConv2D":
    case "DepthwiseConv2dNative":
    case "FusedDepthwiseConv2dNative": {
      const [filter, bias] = constant;
      const fused = fusedOps(node);
      const activation = fused.includes("Relu") ? "relu" : fused.includes("Relu6") ? "relu6" : "linear";
      const unknown = fused.find((one) => !["BiasAdd", "Relu", "Relu6"].includes(one));
      if (filter === undefined || unknown !== undefined || given.length > 3) {
        throw refuse("reads more than its weights");
      }
      const depthwise = node.op.includes("epthwise");
      const config = {
        ...own,
        kernelSize: filter.shape.slice(0, 2) as [number, number],
        strides: numbers(node, "strides", [1, 1, 1, 1]).slice(1, 3) as [number, number],
        dilationRate: numbers(node, "dilations", [1, 1, 1, 1]).slice(1, 3) as [number, number],
        padding: text(node, "padding").toLowerCase() as "same" | "valid",
        useBias: bias !== undefined,
        activation,
      } as const;
      if (!["same", "valid"].includes(config.padding)) throw refuse(`pads in a way of its own`);
      const layer = depthwise
        ? layers.layers.depthwiseConv2d({ ...config, depthMultiplier: filter.shape[3]! })
        : layers.layers.conv2d({ ...config, filters: filter.shape[3]! });
      return { ...plain(layer), layer, weights: constant };
    }
    case "Add":
    case "AddV2":
    case "Mul":
    case "Sub": {
      if (inputs.length === 2 && node.op !== "Sub") {
        return plain(node.op === "Mul" ? layers.layers.multiply(own) : layers.layers.add(own), inputs);
      }
      if (inputs.length !== 1 || constant[0]?.size !== 1) throw refuse("reads a constant of more than one number");
      const [value] = constant[0].dataSync();
      if (node.op === "Mul") return plain(new Affine({ ...own, scale: value }));
      if (node.op !== "Sub") return plain(new Affine({ ...own, offset: value }));
      if (constants.has(given[0])) throw refuse("takes from a constant");
      return plain(new Affine({ ...own, offset: -value }));
    }
    case "Relu":
      return plain(layers.layers.reLU(own));
    case "Relu6":
      return plain(layers.layers.reLU({ ...own, maxValue: 6 }));
    case "LeakyRelu":
      return plain(layers.layers.leakyReLU({ ...own, alpha: Number((node.attr?.alpha as { f?: number })?.f ?? 0.2) }));
    case "Identity":
      return { output: x };
    case "Mean": {
      const axes = Array.from(constant[0]?.dataSync() ?? []).map((axis) => (axis + 4) % 4).sort();
      if (axes.join() !== "1,2") throw refuse("averages over more than space");
      const average = layers.layers.globalAveragePooling2d({ name: `${own.name}_average` }).apply(x);
      if (!(node.attr?.keep_dims as { b?: boolean })?.b) return { output: average as layers.SymbolicTensor };
      return plain(layers.layers.reshape({ ...own, targetShape: [1, 1, x.shape[3]!] }), average);
    }
    case "ConcatV2":
      return plain(layers.layers.concatenate(own), inputs);
    case "MaxPool":
    case "AvgPool": {
      const config = {
        ...own,
        poolSize: numbers(node, "ksize", [1, 1, 1, 1]).slice(1, 3) as [number, number],
        strides: numbers(node, "strides", [1, 1, 1, 1]).slice(1, 3) as [number, number],
        padding: text(node, "padding").toLowerCase() as "same" | "valid",
      };
      return plain(
        node.op === "MaxPool" ? layers.layers.maxPooling2d(config) : layers.layers.averagePooling2d(config),
      );
    }
    default:
      throw refuse("has no layer that stands for it");
  }
}

/** TensorFlow scopes have slashes, which layers' names may not have. */
function layerName(name: string): string {
  return name.replaceAll("/", ".");
}

function numbers(node: GraphNode, key: string, missing: readonly number[]): number[] {
  const list = (node.attr?.[key] as { list?: { i?: readonly (string | number)[] } })?.list?.i;
  return (list ?? missing).map(Number);
}

/** Texts are base64 in the JSON of a graph. */
function text(node: GraphNode, key: string): string {
  return decoded((node.attr?.[key] as { s?: string })?.s ?? "");
}

function fusedOps(node: GraphNode): string[] {
  return ((node.attr?.fused_ops as { list?: { s?: readonly string[] } })?.list?.s ?? []).map(decoded);
}

function decoded(base64: string): string {
  return Buffer.from(base64, "base64").toString();
}
