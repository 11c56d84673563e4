/**
 * Plateau, as notebooks and scripts import it:
 *
 * ```ts ignore
 * import { chart, dataset, diagnose, engine, model, train } from "plateau";
 * ```
 *
 * Inside a Jupyter kernel the import takes away the kernel's permissions to use the network and to start programs, and
 * makes cells end after what they show. Where `deno task lab --queue` holds a queue, the connection to it is opened
 * before.
 *
 * @module
 */
import { outputsBeforeEnd } from "./notebook/end_of_cell.ts";
import { insideKernel, lock } from "./notebook/privacy.ts";
import { useRelay } from "./train/mod.ts";

export * as augment from "./augment/mod.ts";
export * as chart from "./chart/mod.ts";
export * as dataset from "./dataset/mod.ts";
export * as diagnose from "./diagnose/mod.ts";
export * as display from "./display/mod.ts";
export * as engine from "./engine/mod.ts";
export * as improve from "./improve/mod.ts";
export * as model from "./model/mod.ts";
export * as pipeline from "./pipeline/mod.ts";
export * as quiz from "./quiz/mod.ts";
export * as stats from "./stats/mod.ts";
export * as train from "./train/mod.ts";
export { provenance } from "./provenance.ts";

if (insideKernel()) {
  const [port, token] = (Deno.env.get("PLATEAU_RELAY") ?? "").split(":");
  if (token) await useRelay(Number(port), token);
  lock();
  outputsBeforeEnd();
}
