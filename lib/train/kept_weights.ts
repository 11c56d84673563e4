import type { Run } from "./run.ts";
import { ExperimentStore } from "./store.ts";

/**
 * The weights that a run kept (moving averages too), one after the other in the order of `model.getWeights()`; null where
 * the store does not have them any more.
 *
 * @throws FileError when the store cannot be opened.
 */
export async function keptWeights(run: Pick<Run, "id">): Promise<Float32Array | null> {
  const store = await ExperimentStore.open();
  try {
    return (await store.load(run.id))?.weights ?? null;
  } finally {
    store.close();
  }
}
