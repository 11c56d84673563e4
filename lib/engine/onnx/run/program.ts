import type { Edge, OnnxGraph, OnnxNode } from "../lowering/edge.ts";
import { serialise } from "../serialise/serialise.ts";
import { describe, type NumericArray, sizeOf, type Value } from "../value.ts";
import type { Native, NativeSession, NativeTensor } from "./native.ts";
import { isStop, STOP, unreturned } from "./unreturned.ts";

/** A compiled graph. */
export class Program {
  readonly #session: NativeSession;
  readonly #graph: OnnxGraph;
  readonly #feeds: Tensors;
  readonly #results: readonly NativeTensor[];
  readonly #fetches: Readonly<Record<string, NativeTensor | null>>;

  /** Size of all intermediate results. A session keeps memory for a part of them: many use the same memory in turn. */
  readonly bytes: number;

  /** Throws, naming the node and its inputs, where ONNX Runtime refuses the graph. */
  constructor(native: Native, graph: OnnxGraph, threads: number) {
    this.#graph = graph;
    this.#feeds = tensorsOf(graph.inputs);
    const { list, byName } = tensorsOf(graph.outputs);
    this.#results = list;
    this.#fetches = { [STOP]: null, ...byName };
    this.bytes = graph.nodes.reduce(
      (sum, node) => node.outputs.reduce((n, edge) => n + 4 * sizeOf(edge.shape), sum),
      0,
    );
    this.#session = native.createSession();
    const model = serialise(unreturned(graph));
    try {
      this.#session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: "sequential",
        // "all" would add conversions to the blocked layout around pooling, for convolutions that cannot follow because
        // their weights change.
        graphOptimizationLevel: "extended",
        // Errors are thrown: printing them as well would say everything twice.
        logSeverityLevel: 4,
      });
    } catch (error) {
      throw explain("compile", error, graph);
    }
  }

  /** Runs on the data of `feeds` and writes into `results`: both in the order of the graph's inputs and outputs. */
  run(feeds: readonly Value[], results: readonly NumericArray[]): void {
    feeds.forEach(({ data }, index) => this.#feeds.list[index].data = data);
    results.forEach((data, index) => this.#results[index].data = data);
    try {
      this.#session.run(this.#feeds.byName, this.#fetches, NO_OPTIONS);
    } catch (error) {
      if (!isStop(error)) throw explain("run", error, this.#graph);
    } finally {
      // The next step's memory is other memory; this one's must not be kept alive until then.
      for (const tensor of this.#feeds.list) tensor.data = null;
      for (const tensor of this.#results) tensor.data = null;
    }
  }

  dispose(): void {
    this.#session.dispose();
  }
}

const NO_OPTIONS = {};

/** What ONNX Runtime's interface takes, made once: a run only puts its memory in. */
interface Tensors {
  readonly list: NativeTensor[];
  readonly byName: Record<string, NativeTensor>;
}

function tensorsOf(edges: readonly Edge[]): Tensors {
  const list = edges.map(({ shape, dtype }): NativeTensor => {
    return { type: dtype as NativeTensor["type"], dims: shape, data: null, location: "cpu" };
  });
  return { list, byName: Object.fromEntries(list.map((tensor, index) => [edges[index].name, tensor])) };
}

/** ONNX Runtime's messages name a node; this says what went into it. */
function explain(action: string, error: unknown, graph: OnnxGraph): Error {
  const message = (error as Error).message;
  const node = graph.nodes.find(({ name }) => mentions(message, name));
  const where = node === undefined ? `a graph of ${graph.nodes.length} operators` : operator(node);
  return new Error(`Cannot ${action} ${where}: ${message}`, { cause: error });
}

function operator(node: OnnxNode): string {
  const inputs = node.inputs.map((edge) => edge === null ? "nothing" : describe(edge));
  return `ONNX operator ${node.type} of kernel call ${node.name} with inputs ${inputs.join(", ")}`;
}

/** Names end in a number, so that "…Conv_1" must not be found in "…Conv_12". */
function mentions(message: string, name: string): boolean {
  const at = message.indexOf(name);
  return at >= 0 && !/\d/.test(message[at + name.length] ?? "");
}
