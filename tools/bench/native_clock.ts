/**
 * Times ONNX Runtime's native `run` from outside of the engine, by putting a clock around the addon's method. Must be
 * called before the engine starts.
 *
 * @returns A function that gives the milliseconds spent in it so far.
 */
export async function nativeClock(): Promise<() => number> {
  const { binding } = await import("onnxruntime-node/dist/binding.js");
  const { prototype } = (binding as { InferenceSession: { prototype: { run(...args: unknown[]): unknown } } })
    .InferenceSession;
  const { run } = prototype;
  let total = 0;
  prototype.run = function (...args) {
    const start = performance.now();
    try {
      return run.apply(this, args);
    } finally {
      total += performance.now() - start;
    }
  };
  return () => total;
}
