import { idOf, Structure } from "./structure.ts";
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

/** How types are written into structures, and that a value is held. */
const TYPES = { float32: 0, int32: 1, bool: 2 } as const;
const HELD = 4;

/** Marks within a structure; numbers of values are from zero on. */
const MISSING = -1, RESHAPED = -2, FEED = -3;

const structure = new Structure();
let sections = 0;

/** Kernel calls that were recorded and have not run. Recording order is an order in which inputs come first. */
export class Pending {
  #nodes: Node[] = [];

  get size(): number {
    return this.#nodes.length;
  }

  add(node: Node): void {
    this.#nodes.push(node);
  }

  /** The calls from that number on. */
  from(first: number): readonly Node[] {
    return this.#nodes.slice(first);
  }

  /** What is held, and what that needs; null where nothing recorded is held any more. */
  section(): Section | null {
    const nodes = this.#needed();
    if (nodes.length === 0) return null;
    const feeds: Value[] = [];
    const targets: Value[] = [];
    const current = ++sections;
    let named = 0;
    structure.clear();
    for (const { kernel, inputs, plan, planWords, outputs } of nodes) {
      structure.add(idOf(kernel.name));
      if (planWords === undefined) structure.addData(plan);
      else structure.addWords(planWords);
      structure.add(inputs.length);
      for (const input of inputs) {
        if (input === null) {
          structure.add(MISSING);
          continue;
        }
        const { value, shape } = input;
        if (value.section !== current) {
          value.section = current;
          value.index = named++;
          feeds.push(value);
          structure.add(FEED);
          structure.add(TYPES[value.dtype]);
          structure.addShape(value.shape);
        }
        structure.add(value.index);
        if (!sameShape(shape, value.shape)) {
          structure.add(RESHAPED);
          structure.addShape(shape);
        }
      }
      structure.add(outputs.length);
      for (const output of outputs) {
        output.section = current;
        output.index = named++;
        structure.add(TYPES[output.dtype] + (output.held ? HELD : 0));
        structure.addShape(output.shape);
        if (output.held) targets.push(output);
      }
    }
    return { nodes, feeds, targets, key: structure.key };
  }

  /** The nodes that a held value needs, in recording order. */
  #needed(): Node[] {
    const needed = new Set<Node>();
    const nodes: Node[] = [];
    for (let index = this.#nodes.length - 1; index >= 0; index--) {
      const node = this.#nodes[index];
      if (!needed.has(node) && !isHeld(node)) continue;
      nodes.push(node);
      for (const input of node.inputs) {
        if (input === null) continue;
        const producer = input.value.node;
        if (producer !== null) needed.add(producer);
      }
    }
    return nodes.reverse();
  }
}

function isHeld({ outputs }: Node): boolean {
  for (let index = 0; index < outputs.length; index++) if (outputs[index].held) return true;
  return false;
}
