import { type Node, sameShape, type Value } from "./value.ts";

/** The part of the pending graph that has to run, in an order in which inputs come first. */
export interface Section {
  readonly nodes: readonly Node[];
  /** Stored values that the nodes read. */
  readonly feeds: readonly Value[];
  /** Values that somebody holds. */
  readonly targets: readonly Value[];
  /** Two sections with equal keys compute the same function of their feeds. */
  readonly key: string;
}

/** Kernel calls that were recorded and have not run. Recording order is an order in which inputs come first. */
export class Pending {
  #nodes: Node[] = [];

  get size(): number {
    return this.#nodes.length;
  }

  add(node: Node): void {
    this.#nodes.push(node);
  }

  clear(): void {
    this.#nodes = [];
  }

  /** What is held, and what that needs; null where nothing recorded is held any more. */
  section(): Section | null {
    const needed = new Set<Node>();
    for (let index = this.#nodes.length - 1; index >= 0; index--) {
      const node = this.#nodes[index];
      if (!needed.has(node) && !node.outputs.some((output) => output.held)) continue;
      needed.add(node);
      for (const input of node.inputs) if (input !== null && input.value.node !== null) needed.add(input.value.node);
    }
    if (needed.size === 0) return null;
    const nodes = this.#nodes.filter((node) => needed.has(node));

    const feeds: Value[] = [];
    const targets: Value[] = [];
    const names = new Map<Value, string>();
    let computed = 0;
    let key = "";
    for (const node of nodes) {
      key += node.kernel.name + node.planKey + "(";
      for (const input of node.inputs) {
        if (input === null) {
          key += "-,";
          continue;
        }
        const { value, shape } = input;
        let name = names.get(value);
        if (name === undefined) {
          name = `f${feeds.length}`;
          names.set(value, name);
          feeds.push(value);
          key += `${value.dtype}:${value.shape.join("x")}=`;
        }
        key += name;
        if (!sameShape(shape, value.shape)) key += `:${shape.join("x")}`;
        key += ",";
      }
      key += ")";
      for (const output of node.outputs) {
        names.set(output, `v${computed++}`);
        key += output.held ? `!${output.dtype}` : output.dtype;
        key += output.shape.join("x");
        if (output.held) targets.push(output);
      }
      key += ";";
    }
    return { nodes, feeds, targets, key };
  }
}
