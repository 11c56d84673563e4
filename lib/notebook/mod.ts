/**
 * Running notebooks in the real Deno kernel, without Jupyter.
 *
 * @module
 */
export { type Execution, Kernel, KernelError, type KernelOptions } from "./kernel.ts";
export {
  type Cell,
  type MimeBundle,
  type Notebook,
  NotebookError,
  type Output,
  type Parameter,
  readNotebook,
  withParameters,
} from "./nbformat.ts";
export { insideKernel, lock } from "./privacy.ts";
export {
  type ExecutedNotebook,
  type Failure,
  type NotebookProgress,
  PROGRESS_MIME,
  runNotebook,
  type RunOptions,
} from "./run.ts";
