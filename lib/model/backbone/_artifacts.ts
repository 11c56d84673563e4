import { basename, dirname, join } from "node:path";
import { sha256 } from "../own/_hash.ts";
import type { Fault } from "./_onnx_network.ts";

/** A `model.json` of TensorFlow.js with its weights, as its loaders take it. */
export interface Artifacts {
  readonly format: "graph-model" | "layers-model";
  // deno-lint-ignore no-explicit-any
  readonly modelTopology: any;
  readonly weightSpecs: readonly unknown[];
  readonly weightData: ArrayBuffer;
  /** Of the file and its weights. */
  readonly fingerprint: string;
}

/** @param bytes Of the `model.json` at `path`; its weights lie beside it. */
export async function readArtifacts(bytes: Uint8Array, path: string, fault: Fault): Promise<Artifacts> {
  let json: {
    modelTopology?: { node?: unknown; model_config?: unknown; config?: unknown };
    weightsManifest?: { paths: string[]; weights: unknown[] }[];
  };
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw fault(`it must be JSON, but ${(error as Error).message}`, error);
  }
  const { modelTopology, weightsManifest } = json ?? {};
  if (typeof modelTopology !== "object" || modelTopology === null) {
    throw fault("it must be a model of TensorFlow.js with a modelTopology, it has none");
  }
  if (!Array.isArray(weightsManifest) || weightsManifest.length === 0) {
    throw fault("a backbone must come with its weights, it has no weightsManifest");
  }
  const paths = weightsManifest.flatMap(({ paths }) => paths);
  const parts = await Promise.all(paths.map(async (name) => {
    if (basename(name) !== name) throw fault(`its weights must lie beside it, it names "${name}"`);
    return await Deno.readFile(join(dirname(path), name)).catch((error) => {
      const missing = error instanceof Deno.errors.NotFound;
      throw fault(`its weights "${name}" ${missing ? "are not beside it" : `cannot be read: ${error.message}`}`, error);
    });
  }));
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const weightData = await new Blob(parts).arrayBuffer();
  const expected = bytesOf(weightSpecs as WeightSpec[]);
  if (expected !== null && expected !== weightData.byteLength) {
    throw fault(`its weights must have ${expected} bytes, the files beside it have ${weightData.byteLength}`);
  }
  const hashes = [bytes, ...parts].map((part) => sha256(part));
  return {
    format: modelTopology.node === undefined ? "layers-model" : "graph-model",
    modelTopology,
    weightSpecs,
    weightData,
    fingerprint: sha256(hashes.join("")).slice(0, 16),
  };
}

interface WeightSpec {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string };
}

const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, float16: 2, uint16: 2, uint8: 1, bool: 1 };

/** Null where a type is of no fixed size. */
function bytesOf(specs: readonly WeightSpec[]): number | null {
  let sum = 0;
  for (const { shape, dtype, quantization } of specs) {
    const each = BYTES[quantization?.dtype ?? dtype];
    if (each === undefined) return null;
    sum += each * shape.reduce((product, extent) => product * extent, 1);
  }
  return sum;
}
