import * as tf from "@tensorflow/tfjs-core";
import { defaultThreads } from "./onnx/run/threads.ts";
import type { EngineInfo, EngineLayout, EngineName } from "./types.ts";

/** An engine that is loaded: what it says of itself, and what it counts. */
export interface Engine {
  readonly info: EngineInfo;
  fallbacks(): ReadonlyMap<string, number>;
  graphs(): { readonly compiled: number; readonly cached: number; readonly runs: number };
}

/** How each engine is loaded. Nothing of the others is loaded. */
export const loaders: Readonly<
  Record<EngineName, (threads: number | undefined, layout: EngineLayout | undefined) => Promise<Engine>>
> = {
  async onnx(threads, layout) {
    const onnx = await import("./onnx/mod.ts");
    onnx.setThreads(threads ?? onnx.defaultThreads());
    if (layout !== undefined) onnx.setLayout(layout);
    await select("onnx");
    const { version, threads: count } = onnx.info();
    return {
      info: { ...describe("onnx", version, count), layout },
      fallbacks: () => onnx.statistics().fallbacks,
      graphs() {
        const { compiled, cached, runs } = onnx.statistics();
        return { compiled, cached, runs };
      },
    };
  },

  tensorflow: (threads) => tensorflow("tensorflow", threads),

  "tensorflow-gpu": (threads) => tensorflow("tensorflow-gpu", threads),

  async webgpu(threads) {
    requireOneThread("webgpu", threads);
    const { adapterName, register } = await import("./webgpu/mod.ts");
    const adapter = await adapterName();
    await register();
    await select("webgpu");
    return { ...plain("webgpu"), info: describe("webgpu", `${tf.version_core} on ${adapter}`, 1) };
  },

  async wasm(threads) {
    requireOneThread("wasm", threads);
    const wasm = await import("./wasm/mod.ts");
    wasm.prepare();
    await select("wasm");
    return { ...plain("wasm"), fallbacks: () => wasm.fallbacks };
  },

  async cpu(threads) {
    requireOneThread("cpu", threads);
    const { quieten } = await import("./_cpu.ts");
    quieten();
    await select("cpu");
    return plain("cpu");
  },
};

async function tensorflow(name: "tensorflow" | "tensorflow-gpu", threads: number | undefined): Promise<Engine> {
  const { register } = await import("./tensorflow/mod.ts");
  const { version, threads: count, devices } = await register(threads ?? defaultThreads());
  if (threads !== undefined && threads !== count) {
    throw new EngineError(`Cannot use ${threads} threads with the engine "${name}": it was loaded with ${count}`);
  }
  const gpu = devices.includes("GPU");
  if (name === "tensorflow-gpu" && !gpu) {
    throw new EngineError(
      `Cannot use the engine "tensorflow-gpu": TensorFlow ${version} finds no GPU; ` +
        `\`deno task tensorflow --gpu\` provides its libraries, the engine "tensorflow" needs no GPU`,
    );
  }
  await select("tensorflow");
  return { ...plain(name), info: describe(name, gpu ? `${version} on GPU` : version, count) };
}

async function select(backend: string): Promise<void> {
  if (!await tf.setBackend(backend)) {
    throw new Error(`Cannot use the engine "${backend}": it failed to start, see above`);
  }
}

function plain(name: EngineName): Engine {
  return {
    info: describe(name, tf.version_core, 1),
    fallbacks: () => new Map(),
    graphs: () => ({ compiled: 0, cached: 0, runs: 0 }),
  };
}

/** An engine in words. */
export function describe(name: EngineName, version: string, threads: number): EngineInfo {
  return { name, version, threads, label: `${name} ${version}, ${threads} thread${threads === 1 ? "" : "s"}` };
}

function requireOneThread(name: EngineName, threads: number | undefined): void {
  if (threads !== undefined && threads !== 1) {
    throw new EngineError(`Cannot use ${threads} threads with the engine "${name}": it has one`);
  }
}

/** A choice of engine that cannot be. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}
