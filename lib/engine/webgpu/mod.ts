/**
 * TensorFlow.js's stock WebGPU backend on Deno's own WebGPU: any graphics processor, nothing to install. Deno shows it
 * with `--unstable-webgpu` only, which `deno.json` asks for.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";

/** Put together, so that it is no static import: whoever does not want it has none of it downloaded. */
const PACKAGE = ["@tensorflow", "tfjs-backend-webgpu"].join("/");

/** There is no WebGPU here. */
export class WebGpuError extends Error {
  override name = "WebGpuError";
}

/**
 * The graphics processor that WebGPU gives, as "NVIDIA H100"; one that only pretends to be one is called so.
 *
 * @throws WebGpuError where there is none.
 */
export async function adapterName(): Promise<string> {
  const adapter = await navigator.gpu?.requestAdapter() ?? null;
  if (adapter === null) {
    throw new WebGpuError(
      'Cannot use the engine "webgpu": this machine shows Deno no graphics processor (on Linux it takes a Vulkan ' +
        'driver); the engine "onnx" needs none',
    );
  }
  const { device, description, vendor } = adapter.info;
  const name = [description, vendor].find((text) => text !== "") ?? "unnamed adapter";
  const software = /llvmpipe|lavapipe|swiftshader|software/i.test(`${device} ${description}`);
  return software ? `${name} (software, no graphics processor)` : name;
}

/** Registers the backend "webgpu". */
export async function register(): Promise<void> {
  await import(PACKAGE);
  // Reading at once would need a canvas.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
}
