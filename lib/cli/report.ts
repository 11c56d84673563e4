import { homedir, tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { escapeTerminal, type FindingRecord, formatSeconds } from "../display/mod.ts";
import { cacheRoot, projectRoot } from "../files/mod.ts";
import { downloaded, isReference } from "../hub/mod.ts";
import { type ExecutedNotebook, type Notebook, readNotebook, runNotebook } from "../notebook/mod.ts";
import {
  dataRoot,
  findingsOf,
  redactAll,
  ReportFolder,
  type ReportSettings,
  type Root,
  settingsText,
  titleOf,
} from "../report/mod.ts";
import { chooseEngine, type EngineChoice } from "./_engine_choice.ts";
import { ladder } from "./_ladder.ts";
import { pageFor } from "./_page.ts";
import { passwordHint } from "./_queue_process.ts";
import { type QueueRelay, relayCode, startQueueRelay } from "./_queue_relay.ts";
import { prepare, type PreparedData, type PrepareSettings } from "./_prepare.ts";
import { ReportLine } from "./_report_line.ts";
import { boundData } from "./new.ts";
import {
  notebooksOf,
  parseReportOptions,
  REPORT_HELP,
  type ReportOptions,
  typedPath,
  UsageError,
} from "./_report_options.ts";
import { since } from "./_since.ts";
import { findingsText, summaryText } from "./_report_summary.ts";

/** Where the command finds its notebooks and its data; other than the defaults in tests only. */
export interface ReportHost {
  /** Folder of the notebooks. */
  readonly notebooks?: string;
  readonly prepare?: (folder: string, seed: number, settings: PrepareSettings) => Promise<PreparedData>;
  readonly chooseEngine?: () => Promise<EngineChoice>;
  readonly print?: (text: string) => void;
  readonly printError?: (text: string) => void;
}

const INTERRUPTED = 130;

/** `deno task report`. Returns the exit status: 0, 1 where something failed, 2 for a wrong call, 130 after Ctrl-C. */
export async function report(args: readonly string[], host: ReportHost = {}): Promise<number> {
  const print = host.print ?? console.log;
  const printError = host.printError ?? console.error;
  try {
    const study = notebooksOf(args);
    const folder = host.notebooks ?? (study === null ? join(projectRoot(), "notebooks") : typedPath(study));
    const names = await notebookNames(folder);
    const given = parseReportOptions(args, names);
    if (given.help) {
      print(REPORT_HELP);
      return 0;
    }
    if (passwordHint(args) !== "") printError(passwordHint(args));
    const notebooks = await Promise.all(names.map((name) => readNotebook(join(folder, `${name}.ipynb`))));
    const options = study === null ? given : ofStudy(given, folder, notebooks);
    const { engine, sentence } = options.engine === "auto"
      ? await (host.chooseEngine ?? chooseEngine)()
      : { engine: options.engine, sentence: "" };
    if (sentence !== "") print(sentence);
    return await new ReportRun({ ...options, engine }, notebooks, host.prepare ?? prepare, print, printError).run();
  } catch (error) {
    const { message, stack } = error as Error;
    printError(escapeLines(args.includes("--verbose") ? stack ?? message : message));
    if (error instanceof UsageError) {
      printError("`deno task report --help` says what there is.");
      return 2;
    }
    const page = pageFor(error);
    if (page !== null) printError(page);
    return 1;
  }
}

/** One call of the command, after its options were read. */
class ReportRun {
  readonly #interrupt = new AbortController();
  readonly #line = new ReportLine();
  readonly #told = new Set<string>();
  #queue: QueueRelay | null = null;
  #problems = 0;
  /** The command that downloads has said why; the folder of the network keeps it, for the notebook. */
  #downloadFailed = false;

  constructor(
    readonly options: ReportOptions,
    readonly notebooks: readonly Notebook[],
    readonly prepare: (folder: string, seed: number, settings: PrepareSettings) => Promise<PreparedData>,
    readonly print: (text: string) => void,
    readonly printError: (text: string) => void,
  ) {}

  async run(): Promise<number> {
    const { options } = this;
    const out = options.out === null ? join(projectRoot(), "reports") : typedPath(options.out);
    const folder = await ReportFolder.open(out);
    let prepared: PreparedData;
    // Early: a queue that cannot be used is known before the images are read.
    await using queue = options.queue === null
      ? null
      : await startQueueRelay(options.queue, options.mixedEngines).catch(async (error) => {
        await folder.discardIfNew();
        throw error;
      });
    this.#queue = queue;
    try {
      prepared = await this.prepare(fullPath(options.data), options.seed, {
        budget: options.budget,
        engine: options.engine,
        workers: options.workers,
        model: fullPath(options.model),
        history: fullPath(options.history),
        predictions: fullPath(options.predictions),
        backbone: await this.#backbone(),
      });
    } catch (error) {
      await folder.discardIfNew();
      throw error;
    }
    this.print(escapeLines(prepared.summary));
    if (queue !== null) this.print(escapeLines(`Experiments are trained on the machines of ${queue.shown}.`));
    for (const problem of prepared.problems ?? []) {
      this.printError(escapeLines(this.#downloadFailed ? problem.split("\n").slice(1).join("\n") : problem));
    }
    this.#problems = prepared.problems?.length ?? 0;
    if (prepared.outlook !== undefined) this.print(escapeLines(prepared.outlook));
    const settings: ReportSettings = {
      dataset: prepared.name,
      fingerprint: prepared.fingerprint,
      seed: options.seed,
      budget: options.budget,
      engine: options.engine,
    };
    Deno.addSignalListener("SIGINT", this.#onInterrupt);
    try {
      return await this.#runAll(folder, settings, prepared.images);
    } finally {
      Deno.removeSignalListener("SIGINT", this.#onInterrupt);
    }
  }

  async #runAll(folder: ReportFolder, settings: ReportSettings, images: PreparedData["images"]): Promise<number> {
    const { options, notebooks } = this;
    const roots = this.#roots(folder.path);
    const provenance = await provenanceLines(settings, this.#queue?.shown ?? null);
    let failed = 0;
    for (const [index, notebook] of notebooks.entries()) {
      if (options.only !== null && !options.only.includes(notebook.name)) continue;
      if (this.#interrupt.signal.aborted) break;
      const executed = redactAll(await this.#execute(notebook, roots), roots);
      await folder.addNotebook(executed, settings, {
        at: new Date().toISOString(),
        omitImages: options.omitImages,
        previous: link(notebooks[index - 1]),
        next: link(notebooks[index + 1]),
        provenance,
      });
      if (executed.status === "failed") failed++;
    }
    const entries = await Promise.all(
      notebooks.map((notebook) => folder.entry(notebook.name, titleOf(notebook), settings.fingerprint)),
    );
    const results = entries.flatMap(({ result }) => result === null ? [] : [result]);
    const at = new Date().toISOString();
    const changed = images && await since(folder, settings, images, results, at);
    await folder.writeIndex({
      settings,
      at,
      notebooks: entries,
      provenance,
      ladder: await ladder(results, { available: notebooks.map(({ name }) => name), ownModel: options.model !== "" }),
      ...(changed ? { since: changed } : {}),
    });
    this.print("");
    if (changed) this.print(escapeLines(changed.sentence));
    this.print(summaryText(results));
    this.print(`Report: ${shownPath(join(folder.path, "index.html"))}`);
    if (this.#interrupt.signal.aborted) return INTERRUPTED;
    return failed + this.#problems > 0 ? 1 : 0;
  }

  /** The pre-trained networks, downloaded first where that was asked for: by the one command that may use the network. */
  async #backbone(): Promise<string> {
    const { backbone, download } = this.options;
    for (const reference of backbone.filter(isReference)) {
      if (!download || await downloaded(reference).then(() => true, () => false)) continue;
      const { success } = await new Deno.Command("deno", {
        args: ["run", "--quiet", "--no-prompt", "-P=backbone", join("lib", "cli", "backbone.ts"), reference],
        cwd: projectRoot(),
        stdin: "null",
        stdout: "inherit",
        stderr: "inherit",
      }).output();
      this.#downloadFailed ||= !success;
    }
    return backbonePaths(backbone);
  }

  async #execute(notebook: Notebook, roots: readonly Root[]): Promise<ExecutedNotebook> {
    const { data, seed, budget, engine, workers, model, history, predictions, backbone, unseal } = this.options;
    this.print(escapeLines(`${notebook.name}: ${titleOf(notebook)}`));
    const executed = await runNotebook(notebook, {
      cwd: projectRoot(),
      parameters: {
        data: fullPath(data),
        seed,
        budget,
        engineName: engine,
        workers,
        modelPath: fullPath(model),
        historyPath: fullPath(history),
        predictionsPath: fullPath(predictions),
        backbonePath: backbonePaths(backbone),
        unseal,
      },
      beforeLock: this.#queue === null ? "" : relayCode(this.#queue),
      onProgress: (progress) => this.#line.show(progress),
      onCell: (cell) => this.#tell(redactAll(findingsOf(cell), roots)),
      signal: this.#interrupt.signal,
    });
    this.#line.clear();
    this.#say(executed);
    return executed;
  }

  /** One line for each notebook that ended; a failure names notebook, cell and error. */
  #say({ name, status, failure, seconds }: ExecutedNotebook): void {
    if (failure === null) {
      this.print(`  done in ${formatSeconds(seconds)}`);
      return;
    }
    const where = failure.cell === 0 ? "before its first cell" : `in cell ${failure.cell}`;
    if (status === "interrupted") {
      this.printError(`${name}: interrupted ${where}`);
      return;
    }
    this.printError(escapeLines(`${name}: failed ${where}: ${failure.name}: ${failure.message}`));
    if (this.options.verbose) this.printError(escapeLines(failure.traceback.join("\n")));
  }

  /** The errors and warnings of a cell that none before it had: nobody has to wait for the end to learn something. */
  #tell(findings: readonly FindingRecord[]): void {
    const fresh = findings.filter(({ sentence }) => !this.#told.has(sentence));
    fresh.forEach(({ sentence }) => this.#told.add(sentence));
    const text = findingsText(fresh);
    if (text === "") return;
    this.#line.clear();
    this.print(text);
  }

  readonly #onInterrupt = () => {
    if (this.#interrupt.signal.aborted) Deno.exit(INTERRUPTED); // the kernel ends with us
    this.#line.clear();
    this.printError("Stopping; what is finished is written. Ctrl-C again stops at once.");
    this.#interrupt.abort();
  };

  #roots(out: string): Root[] {
    const { data, model, history, predictions, backbone } = this.options;
    return [
      ...[data, model, history, predictions, ...backbone].filter((path) => path !== "" && !isReference(path)).map((
        path,
      ) => dataRoot(typedPath(path))),
      { path: projectRoot(), name: "." },
      { path: cacheRoot(), name: ".plateau" },
      { path: out, name: basename(out) },
      { path: homedir(), name: "~" },
      { path: tmpdir(), name: "TMP" },
    ];
  }
}

/** A study's notebooks are bound to their data, and its report lies beside them; the command line overrules both. */
function ofStudy(options: ReportOptions, folder: string, notebooks: readonly Notebook[]): ReportOptions {
  const sources = notebooks.flatMap(({ cells }) => cells.map(({ source }) => source));
  const data = sources.map(boundData).find((one) => one !== "") ?? "";
  return { ...options, data: options.data || data, out: options.out ?? join(folder, "reports") };
}

/** "01_dataset" and so on, in their order. */
async function notebookNames(folder: string): Promise<string[]> {
  const files = await Array.fromAsync(Deno.readDir(folder)).catch((error: Error) => {
    throw new UsageError(`--notebooks must name a folder with notebooks, "${folder}" cannot be read: ${error.message}`);
  });
  return files.flatMap(({ name }) => /^\d{2}_.*\.ipynb$/.test(name) ? [name.slice(0, -".ipynb".length)] : []).sort();
}

/** @param queue The queue that a process of the command had open, as it is shown; null where there was none. */
async function provenanceLines(settings: ReportSettings, queue: string | null): Promise<Record<string, string>> {
  const { version } = JSON.parse(await Deno.readTextFile(join(projectRoot(), "deno.json")));
  return {
    "Plateau": `${version ? `${version}, ` : ""}Deno ${Deno.version.deno}, ${Deno.build.os} ${Deno.build.arch}`,
    "Settings": settingsText(settings),
    "Network":
      "The notebooks' code could neither use the network nor start programs: Deno's permissions for both were " +
      "taken away before the first cell. Native libraries are outside these permissions." +
      (queue === null
        ? ""
        : ` Experiments were trained on the queue ${queue}: one process of this command had that host ` +
          "open, and no other. The notebooks could hand it experiments (configurations, and decoded training images), " +
          "nothing else."),
  };
}

function link(notebook: Notebook | undefined): { title: string; page: string } | undefined {
  return notebook && { title: titleOf(notebook), page: `${notebook.name}.html` };
}

/** The networks as notebooks take them: a comma between. */
function backbonePaths(all: readonly string[]): string {
  return all.map((one) => isReference(one) ? one : fullPath(one)).join(",");
}

/** What was typed, in full; empty where nothing was. */
function fullPath(typed: string): string {
  return typed === "" ? "" : typedPath(typed);
}

/** As short as it can be typed from here. */
function shownPath(path: string): string {
  const short = relative(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
  return short.startsWith("..") ? path : short;
}

function escapeLines(text: string): string {
  return text.split("\n").map(escapeTerminal).join("\n");
}

if (import.meta.main) {
  // Importing code from a few well-known hosts is allowed unless it is revoked, whatever permissions are given.
  Deno.permissions.revokeSync({ name: "import" });
  Deno.exit(await report(Deno.args));
}
