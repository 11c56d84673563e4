import { jupyterApi } from "./_jupyter.ts";

/** Whether somebody asked a job to stop. */
export interface StopFlag extends Disposable {
  /** True once an interrupt came (Ctrl-C, or "Interrupt kernel" of Jupyter) since the flag was made. */
  stopRequested(): boolean;
  /** Ends the watch. When no job watches any more, Ctrl-C ends the program again. */
  [Symbol.dispose](): void;
}

const watching = new Set<{ stopped: boolean }>();
let listening = false;

/**
 * Watches for interrupts while a long job runs, so that it can stop in order and return what it has:
 *
 * ```ts
 * import { onInterrupt } from "./interrupt.ts";
 *
 * using stop = onInterrupt();
 * for (let epoch = 1; epoch <= 20 && !stop.stopRequested(); epoch++) {
 *   // Yield now and then: an interrupt is only seen between two turns of the event loop.
 *   await new Promise((resolve) => setTimeout(resolve, 0));
 * }
 * ```
 *
 * Jobs may contain jobs: an interrupt stops all that run. In a terminal, a second Ctrl-C ends the program at once.
 */
export function onInterrupt(): StopFlag {
  const flag = { stopped: false };
  if (!listening) Deno.addSignalListener("SIGINT", interrupted);
  listening = true;
  watching.add(flag);
  return {
    stopRequested: () => flag.stopped,
    [Symbol.dispose]() {
      // In a kernel the listener stays: without one, an interrupt between two cells would end the kernel.
      if (watching.delete(flag) && watching.size === 0 && jupyterApi() === null) {
        Deno.removeSignalListener("SIGINT", interrupted);
        listening = false;
      }
    },
  };
}

function interrupted(): void {
  const again = [...watching].some((flag) => flag.stopped);
  if (again && jupyterApi() === null) Deno.exit(130);
  for (const flag of watching) flag.stopped = true;
}
