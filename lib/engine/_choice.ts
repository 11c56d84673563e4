import * as tf from "@tensorflow/tfjs-core";
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

async function select(name: EngineName): Promise<void> {
  if (!await tf.setBackend(name)) throw new Error(`Cannot use the engine "${name}": it failed to start, see above`);
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
