import { type Operand, sameShape, type Shape, type Value } from "../value.ts";
import type { Graph } from "./graph.ts";
import { rewriteCalls } from "./editor.ts";

/** Kernels whose inputs broadcast: leading axes of extent 1 say nothing, as long as the output stays the same. */
const BROADCASTS = new Set(["Add", "Sub", "Multiply", "RealDiv", "Maximum", "Minimum"]);

/**
 * Equal calls become one: same kernel, same plan, same inputs. Lowering does that for operators; here it lets the passes
 * that follow see that two gradients read the same deviations from the mean.
 */
export function commonCalls(graph: Graph): Graph {
  const numbers = new Map<Value, number>();
  const numberOf = (value: Value) => {
    let number = numbers.get(value);
    if (number === undefined) numbers.set(value, number = numbers.size);
    return number;
  };
  const known = new Map<string, Value>();
  return rewriteCalls(graph, (node) => {
    const { kernel, inputs, planKey, outputs } = node;
    if (outputs.length !== 1) return null;
    const [output] = outputs;
    const operand = (input: Operand | null) => {
      if (input === null) return "-";
      return `${numberOf(input.value)}:${BROADCASTS.has(kernel.name) ? stripped(input.shape) : input.shape}`;
    };
    const key = `${kernel.name}${planKey}(${inputs.map(operand).join()})${output.dtype}[${output.shape}]`;
    const other = known.get(key);
    if (other === undefined) known.set(key, output);
    return other !== undefined && sameShape(other.shape, output.shape) ? other : null;
  });
}

function stripped(shape: Shape): Shape {
  const first = shape.findIndex((extent) => extent !== 1);
  return first < 0 ? [] : shape.slice(first);
}
