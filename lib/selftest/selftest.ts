import { join } from "node:path";
import { type Dataset, open } from "../dataset/mod.ts";
import { onInterrupt, type Progress, progress, type StopFlag } from "../display/mod.ts";
import * as engine from "../engine/mod.ts";
import { cacheRoot } from "../files/mod.ts";
import { Random } from "../stats/mod.ts";
import { Interrupted } from "../train/mod.ts";
import { type Case, firedOf } from "./case.ts";
import { type Draft, draftOf, thinned, writeDraft } from "./draft.ts";
import { FAULTS } from "./faults.ts";
import { LOOKS } from "./_looks.ts";
import { ProgressFile } from "./_progress_file.ts";
import { SelfTestReport } from "./report.ts";
import { inScratch } from "./_scratch.ts";
import { cleanSetting } from "./_setting.ts";
import type { Fault, Look } from "./types.ts";

export interface SelfTestOptions {
  /** Folder of the data set; empty for the sample. */
  readonly data?: string;
  /** How often each fault is planted; 5 by default. */
  readonly seeds?: number;
  /** Names of faults; all by default. */
  readonly faults?: readonly string[];
  /** Called before each copy that is looked at, with what is planted. */
  readonly onCase?: (name: string) => void;
}

/** The self-test cannot run as it was asked for. */
export class SelfTestError extends Error {
  override name = "SelfTestError";
}

/** Images of a copy: of larger data sets, whole groups are left out evenly. */
const MOST_IMAGES = 1500;

/** About how many seconds each look takes: what progress is measured in. */
const COSTS: Readonly<Record<Look, number>> = { audit: 3, lint: 1, training: 10, labels: 8 };

/**
 * Plants one known fault at a time into copies of a data set, and none at all, and asks the same diagnoses that a
 * report asks: does the right finding fire, and what fires on clean copies? The originals stay as they are. A call that
 * was stopped goes on from where it was.
 *
 * @throws SelfTestError for a fault that does not exist.
 * @throws DatasetError as `dataset.open` does.
 * @throws Interrupted when the person stopped it.
 */
export async function selfTest(options: SelfTestOptions = {}): Promise<SelfTestReport> {
  const { data = "", seeds = 5 } = options;
  const faults = chosen(options.faults);
  const start = performance.now();
  const originals = await openAll(data, seeds);
  const folder = data === "" ? join(cacheRoot(), "sample", "emoji16") : data;
  const done = await ProgressFile.open(originals[0], engine.current().label);
  using stop = onInterrupt();
  const looks = [...new Set(faults.flatMap((fault) => fault.looks))];
  const perSeed = costOf(looks) + faults.reduce((sum, fault) => sum + costOf(fault.looks), 0);
  const bar = progress({ label: "Self-test", total: seeds * perSeed });
  const cases: Case[] = [];
  let images = 0;
  try {
    await inScratch(async (scratch) => {
      const job = new Job(scratch, done, bar, stop, options.onCase ?? (() => {}));
      for (const [index, original] of originals.entries()) {
        const seed = index + 1;
        const draft = () => thinned(draftOf(original, folder), MOST_IMAGES, new Random(`${seed}/selftest/thinned`));
        images = draft().images.length;
        cases.push(await job.clean(seed, draft(), looks));
        for (const fault of faults) cases.push(await job.planted(fault, seed, draft()));
        await job.endOfSeed();
      }
    });
  } finally {
    await bar.finish();
  }
  await done.remove();
  // A resumed self-test took as long as its cases, not as long as this call.
  const spent = Math.max((performance.now() - start) / 1000, cases.reduce((sum, { seconds }) => sum + seconds, 0));
  return new SelfTestReport(originals[0].name, images, faults, cases, spent);
}

/** What one self-test has in its hands. */
class Job {
  #spent = 0;
  /** The clean copy of the current seed, which faults of the setting share. */
  #cleanCopy: string | null = null;

  constructor(
    readonly scratch: string,
    readonly done: ProgressFile,
    readonly bar: Progress,
    readonly stop: StopFlag,
    readonly onCase: (name: string) => void,
  ) {}

  async clean(seed: number, draft: Draft, looks: readonly Look[]): Promise<Case> {
    const known = this.done.get(null, seed);
    // A clean case that was asked for other faults may lack a look.
    if (known && looks.every((look) => known.looks.includes(look))) return this.#skip(known, looks);
    return await this.#run(null, seed, looks, () => this.#copyOf(draft), cleanSetting(seed));
  }

  async planted(fault: Fault, seed: number, draft: Draft): Promise<Case> {
    const known = this.done.get(fault.name, seed);
    if (known) return this.#skip(known, fault.looks);
    const random = new Random(`${seed}/selftest/${fault.name}`);
    const setting = fault.plantSetting?.(cleanSetting(seed), random) ?? cleanSetting(seed);
    const copy = fault.plantData === undefined ? () => this.#copyOf(draft) : async () => {
      await fault.plantData!(draft, random);
      const folder = join(this.scratch, `${fault.name}-${seed}`);
      await writeDraft(draft, folder);
      return folder;
    };
    return await this.#run(fault, seed, fault.looks, copy, setting);
  }

  async endOfSeed(): Promise<void> {
    if (this.#cleanCopy !== null) await Deno.remove(this.#cleanCopy, { recursive: true });
    this.#cleanCopy = null;
  }

  async #copyOf(draft: Draft): Promise<string> {
    if (this.#cleanCopy === null) {
      const folder = join(this.scratch, "clean");
      await writeDraft(draft, folder);
      this.#cleanCopy = folder;
    }
    return this.#cleanCopy;
  }

  async #run(
    fault: Fault | null,
    seed: number,
    looks: readonly Look[],
    copy: () => Promise<string>,
    setting: ReturnType<typeof cleanSetting>,
  ): Promise<Case> {
    const start = performance.now();
    const text = `${fault?.name ?? "nothing planted"}, seed ${seed}`;
    this.onCase(fault?.name ?? "nothing");
    this.bar.update(this.#spent, text);
    await breathe();
    this.#breakIfAsked();
    const folder = await copy();
    const fired: Case["fired"][number][] = [];
    const missing: Look[] = [];
    let error: string | null = null;
    for (const look of looks) {
      await breathe();
      this.#breakIfAsked();
      const onProgress = (share: number) => this.bar.update(this.#spent + share * COSTS[look], text);
      try {
        const findings = await LOOKS[look]({ folder, setting, seed, onProgress });
        if (findings === null) missing.push(look);
        else fired.push(...firedOf(findings));
      } catch (failure) {
        if (failure instanceof Interrupted) throw failure;
        error = `${look}: ${(failure as Error).message}`;
      }
      this.#spent += COSTS[look];
      this.bar.update(this.#spent, text);
    }
    if (folder !== this.#cleanCopy) await Deno.remove(folder, { recursive: true });
    const seconds = (performance.now() - start) / 1000;
    const result = { fault: fault?.name ?? null, seed, looks, fired, missing, error, seconds };
    await this.done.add(result);
    return result;
  }

  #skip(known: Case, looks: readonly Look[]): Case {
    this.#spent += costOf(looks);
    return known;
  }

  #breakIfAsked(): void {
    if (this.stop.stopRequested()) {
      throw new Interrupted("The self-test was interrupted. What is finished is kept: run it again to go on.");
    }
  }
}

/** One opening per seed: where the test set is drawn, each seed draws another. */
async function openAll(data: string, seeds: number): Promise<Dataset[]> {
  const all: Dataset[] = [];
  for (let seed = 1; seed <= seeds; seed++) all.push(await open(data, { seed }));
  return all;
}

function chosen(names: readonly string[] | undefined): readonly Fault[] {
  if (names === undefined) return FAULTS;
  return names.map((name) => {
    const fault = FAULTS.find((one) => one.name === name);
    if (fault) return fault;
    throw new SelfTestError(
      `Cannot plant the fault "${name}": there are ${FAULTS.map((one) => one.name).join(", ")}`,
    );
  });
}

function costOf(looks: readonly Look[]): number {
  return looks.reduce((sum, look) => sum + COSTS[look], 0);
}

/** Lets signals through: an interrupt is only seen between two turns of the event loop. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
