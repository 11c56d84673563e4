import { engine, isKnown } from "./engine.ts";
import { kernelRunner } from "./run_kernel.ts";
import { disposeTensor, endScope, InfosOnIds, startScope, stock, tidy, trackTensor } from "./scopes.ts";
import { gradients } from "./tape.ts";

/**
 * Gives tfjs's engine shorter ways through what it does at every operation: scopes, counting, calling kernels, walking
 * the tape. A small network's step has some five hundred operations, so this is most of its JavaScript. Everything that
 * can be observed stays: tensors, counts, errors, gradients of gradients.
 *
 * These are inner parts of tfjs, so other versions than the known ones are left as they are.
 */
export function installDispatch(backendName: string): void {
  if (!isKnown()) return;
  const target = engine();
  if (target.gradients === gradients) return;
  stock.trackTensor = target.trackTensor;
  stock.disposeTensor = target.disposeTensor;
  stock.runKernel = target.runKernel;
  target.state.tensorInfo = new InfosOnIds(target.state.tensorInfo);
  Object.assign(target, {
    tidy,
    startScope,
    endScope,
    trackTensor,
    disposeTensor,
    gradients,
    runKernel: kernelRunner(backendName),
  });
}
