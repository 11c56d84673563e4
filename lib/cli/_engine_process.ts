import { engines } from "../engine/mod.ts";

/** What an engine says of itself, tried in a process of its own. */
export interface TriedEngine {
  readonly name: string;
  /** Its label; null where it cannot be used. */
  readonly label: string | null;
  /** Why it cannot be used, one clause. */
  readonly reason: string;
  /** Milliseconds of a training step, the quickest of a few, where that was asked for. */
  readonly step: number | null;
}

/**
 * Loads an engine in a process of its own: a native library that fails may take its process along, and some do not get on
 * with each other in one.
 *
 * @param measure Whether to time some training steps of the small CNN: a second or two.
 */
export async function tryEngine(name: string, measure = false): Promise<TriedEngine> {
  const script = new URL("_engine_trial.ts", import.meta.url).href;
  const { stdout } = await new Deno.Command("deno", {
    args: ["run", "-A", "--no-check", "--quiet", script, name, ...(measure ? ["measure"] : [])],
    stdin: "null",
    stderr: "null",
  }).output();
  const last = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
  try {
    return { name, ...JSON.parse(last) };
  } catch {
    return { name, label: null, reason: "it ended without a word", step: null };
  }
}

/** All engines, one after the other. */
export async function tryEngines(): Promise<TriedEngine[]> {
  const tried: TriedEngine[] = [];
  for (const name of engines) tried.push(await tryEngine(name));
  return tried;
}
