import * as engine from "../engine/mod.ts";
import { FeatureStore } from "./_feature_store.ts";

/**
 * Numbers that take a while, kept on disk: computed at the first call, found at the next.
 *
 * @param key Of all that they depend on, but for the engine in use.
 * @throws FileError where they cannot be kept.
 */
export async function keptNumbers(key: string, compute: () => Promise<Float32Array>): Promise<Float32Array> {
  const source = JSON.stringify(["numbers 1", engine.current().label]);
  using store = new FeatureStore(source, null);
  const kept = store.load(key);
  if (kept) return kept;
  const made = await compute();
  store.save([key], made);
  return made;
}
