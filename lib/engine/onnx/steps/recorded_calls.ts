import type { Kernel } from "../kernel.ts";
import { wordsOf } from "../structure.ts";
import { Call, type Node, type NumericArray, type Operand, sameShape, type Shape, type Spec, Value } from "../value.ts";

/** A value by its number, and the shape under which it is seen; null where that is its own. */
interface Place {
  readonly number: number;
  readonly shape: Shape | null;
}

/** A call whose inputs and outputs are numbers of values: given ones first, then constants, then outputs in order. */
interface Line {
  readonly kernel: Kernel;
  readonly plan: unknown;
  readonly planWords: Int32Array;
  readonly inputs: readonly (Place | null)[];
  readonly outputs: readonly Spec[];
}

/** Kernel calls as a function of the values they were given: to be recorded again, on other values, without tfjs. */
export class RecordedCalls {
  readonly #given: number;
  readonly #constants: readonly Value[];
  readonly #lines: readonly Line[];
  readonly #targets: readonly Place[];

  private constructor(
    given: number,
    constants: readonly Value[],
    lines: readonly Line[],
    targets: readonly Place[],
  ) {
    this.#given = given;
    this.#constants = constants;
    this.#lines = lines;
    this.#targets = targets;
  }

  /**
   * @param nodes In recording order. Those that no target needs are left out.
   * @param given What may differ from one time to the next. Everything else that the calls read is taken for constant.
   * @returns null where the calls are no such function: two of the given values are one, a call reads what was computed
   * before them and is not given, or a target is none of their outputs.
   */
  static of(nodes: readonly Node[], given: readonly Value[], targets: readonly Operand[]): RecordedCalls | null {
    const numbers = new Map<Value, number>();
    for (const value of given) numbers.set(value, numbers.size);
    if (numbers.size < given.length) return null;

    const needed = neededBy(targets.map(({ value }) => value), nodes);
    const outputs = new Set(needed.flatMap((node) => node.outputs));
    const constants: Value[] = [];
    for (const { inputs } of needed) {
      for (const input of inputs) {
        if (input === null || outputs.has(input.value) || numbers.has(input.value)) continue;
        if (input.value.data === null) return null;
        numbers.set(input.value, numbers.size);
        constants.push(copyOf(input.value));
      }
    }
    for (const output of outputs) numbers.set(output, numbers.size);
    if (!targets.every(({ value }) => outputs.has(value))) return null;
    if (new Set(targets.map(({ value }) => value)).size < targets.length) return null;

    const placeOf = ({ value, shape }: Operand): Place => {
      return { number: numbers.get(value)!, shape: sameShape(value.shape, shape) ? null : shape };
    };
    const lines = needed.map(({ kernel, plan, inputs, outputs }): Line => ({
      kernel,
      plan,
      planWords: wordsOf(plan),
      inputs: inputs.map((input) => input && placeOf(input)),
      outputs: outputs.map(({ shape, dtype }) => ({ shape, dtype })),
    }));
    return new RecordedCalls(
      given.length,
      constants,
      lines,
      targets.map(placeOf),
    );
  }

  /** Whether both are the same function, constants included. */
  equals(other: RecordedCalls): boolean {
    return this.#given === other.#given &&
      JSON.stringify([this.#described(), this.#targets]) === JSON.stringify([other.#described(), other.#targets]) &&
      this.#constants.every((value, index) => sameData(value, other.#constants[index]));
  }

  #described(): unknown {
    const lines = this.#lines.map(({ kernel, plan, inputs, outputs }) => [kernel.name, plan, inputs, outputs]);
    return [lines, this.#constants.map(({ shape, dtype }) => [shape, dtype])];
  }

  /** Number of calls. */
  get length(): number {
    return this.#lines.length;
  }

  /**
   * The same calls on other values, and what was wanted of them.
   *
   * @param given In the order and of the shapes and types of those that the calls were recorded on.
   */
  on(given: readonly Value[]): { readonly calls: readonly Node[]; readonly targets: readonly Operand[] } {
    const values = [...given, ...this.#constants];
    const at = ({ number, shape }: Place): Operand =>
      shape === null ? values[number] : { value: values[number], shape };
    const calls = this.#lines.map(({ kernel, plan, planWords, inputs, outputs: specs }) => {
      const operands = new Array<Operand | null>(inputs.length);
      for (let index = 0; index < inputs.length; index++) {
        const input = inputs[index];
        operands[index] = input && at(input);
      }
      const outputs = new Array<Value>(specs.length);
      const call = new Call(kernel, operands, plan, outputs, planWords);
      for (let index = 0; index < specs.length; index++) {
        const value = outputs[index] = new Value(specs[index].shape, specs[index].dtype);
        value.node = call;
        values.push(value);
      }
      return call;
    });
    return { calls, targets: this.#targets.map(at) };
  }
}

/** The nodes that these values need, in the same order. */
function neededBy(values: readonly Value[], nodes: readonly Node[]): Node[] {
  const needed = new Set<Node>();
  for (const { node } of values) if (node !== null) needed.add(node);
  for (let index = nodes.length - 1; index >= 0; index--) {
    if (!needed.has(nodes[index])) continue;
    for (const input of nodes[index].inputs) if (input?.value.node) needed.add(input.value.node);
  }
  return nodes.filter((node) => needed.has(node));
}

/** With memory of its own: that of a tensor that is gone will be another's. */
function copyOf({ shape, dtype, data }: Value): Value {
  const copy = new Value(shape, dtype);
  copy.data = (data as Float32Array).slice() as NumericArray;
  return copy;
}

/** To the bit. */
function sameData(a: Value, b: Value): boolean {
  const [x, y] = [a, b].map(({ data }) => new Uint8Array(data!.buffer, data!.byteOffset, data!.byteLength));
  return x.length === y.length && x.every((byte, index) => byte === y[index]);
}
