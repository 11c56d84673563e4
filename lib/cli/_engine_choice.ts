import { join } from "node:path";
import type { EngineName } from "../engine/mod.ts";
import { cacheRoot, writeWhole } from "../files/mod.ts";
import { type TriedEngine, tryEngine } from "./_engine_process.ts";

/** Raise it when other engines are tried, or in another way. */
const VERSION = 1;

/** The engines that may be the fastest. The others are there for comparison. */
const CANDIDATES: readonly EngineName[] = ["onnx", "tensorflow-gpu", "tensorflow", "webgpu"];

/** An engine, and why it was chosen. */
export interface EngineChoice {
  readonly engine: EngineName;
  /** One sentence for the terminal; empty where there was no choice. */
  readonly sentence: string;
}

/**
 * The fastest engine that is here, by some training steps of the small CNN. It is decided once and kept: experiments are
 * named by their engine, so that another choice would have everything trained again. `--engine` overrules it.
 *
 * @param attempt Tries one engine; other than the default in tests only.
 */
export async function chooseEngine(
  attempt: (name: string, measure: boolean) => Promise<TriedEngine> = tryEngine,
  path = join(cacheRoot(), "engine.json"),
): Promise<EngineChoice> {
  const kept = await read(path);
  if (kept !== null) {
    const { label } = await attempt(kept.name, false);
    if (label !== null) return { engine: kept.name, sentence: kept.sentence };
  }
  const present: TriedEngine[] = [];
  for (const name of CANDIDATES) {
    const tried = await attempt(name, false);
    // What only pretends to be a graphics processor is never the fastest, and slow to find that out.
    if (tried.label !== null && !/software/.test(tried.label)) present.push(tried);
  }
  if (present.length < 2) return { engine: (present[0]?.name ?? "onnx") as EngineName, sentence: "" };
  const measured: TriedEngine[] = [];
  for (const { name } of present) measured.push(await attempt(name, true));
  const ranked = measured.filter(({ step }) => step !== null).sort((a, b) => a.step! - b.step!);
  const name = (ranked[0]?.name ?? "onnx") as EngineName;
  const times = ranked.map(({ name, step }) => `${name} ${step!.toPrecision(2)} ms`).join(", ");
  const sentence = `Engine: ${name}, the fastest here (a training step takes ${times}); kept for later reports.`;
  await writeWhole(path, JSON.stringify({ version: VERSION, name, sentence }));
  return { engine: name, sentence };
}

async function read(path: string): Promise<{ readonly name: EngineName; readonly sentence: string } | null> {
  try {
    const { version, name, sentence } = JSON.parse(await Deno.readTextFile(path));
    return version === VERSION && CANDIDATES.includes(name) ? { name, sentence } : null;
  } catch {
    return null;
  }
}
