import { fileURLToPath } from "node:url";
import type { Backend } from "./bundle.ts";

const engine = (path: string) => JSON.stringify(fileURLToPath(new URL(`../../lib/engine/${path}`, import.meta.url)));

/** The backends that the specs can run on. */
export const backends: Readonly<Record<string, Backend>> = {
  onnx: {
    name: "onnx",
    sync: true,
    setup: `
      import { setThreads } from ${engine("onnx/mod.ts")};
      // Thousands of small graphs: starting threads for each would take longer than all of them.
      setThreads(1);`,
  },
  tensorflow: {
    name: "tensorflow",
    sync: true,
    setup: `
      import { start } from ${engine("tensorflow/mod.ts")};
      import "@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js";
      import { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
      await start(NodeJSKernelBackend, 1);`,
  },
  webgpu: {
    name: "webgpu",
    sync: false,
    setup: `
      import "@tensorflow/tfjs-backend-webgpu";
      import { env } from "@tensorflow/tfjs-core";
      env().set("WEBGPU_CPU_FORWARD", false);`,
  },
};
