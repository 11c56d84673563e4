import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernel } from "../../../lib/engine/onnx/kernel.ts";
import type { OnnxGraph } from "../../../lib/engine/onnx/lowering/edge.ts";
import { lower } from "../../../lib/engine/onnx/lowering/lower.ts";
import { kernels } from "../../../lib/engine/onnx/operators/mod.ts";
import { Pending, type Section } from "../../../lib/engine/onnx/pending.ts";
import { newArray, sizeOf, Value } from "../../../lib/engine/onnx/value.ts";

/** Records kernel calls without a backend. */
export class Recorder {
  readonly pending = new Pending();

  stored(...shape: number[]): Value {
    const value = new Value(shape, "float32");
    value.data = newArray("float32", sizeOf(shape));
    return value;
  }

  call(name: string, inputs: Record<string, Value>, attrs: unknown = {}): Value {
    return this.record(kernels.find((candidate) => candidate.name === name) as Kernel, inputs, attrs);
  }

  record(kernel: Kernel, inputs: Record<string, Value>, attrs: unknown = {}): Value {
    const { outputs: specs, plan } = kernel.infer(inputs as unknown as Record<string, TensorInfo>, attrs);
    const outputs = specs.map(({ shape, dtype }) => new Value(shape, dtype));
    const names = kernel.inputs === "..." ? Object.keys(inputs) : kernel.inputs;
    const operands = names.map((key) => inputs[key] ? { value: inputs[key], shape: inputs[key].shape } : null);
    const node = { kernel, inputs: operands, plan, planKey: JSON.stringify(plan) ?? "", outputs };
    for (const output of outputs) output.node = node;
    this.pending.add(node);
    return outputs[0];
  }

  /** What has to run for these values, which somebody holds then. */
  section(...held: Value[]): Section {
    for (const value of held) value.held = true;
    return this.pending.section()!;
  }

  lowered(...held: Value[]): OnnxGraph {
    return this.blocked(0, ...held);
  }

  blocked(block: number, ...held: Value[]): OnnxGraph {
    return lower(this.section(...held), block);
  }
}
