import { relative } from "node:path";
import { type Dataset, open } from "../dataset/mod.ts";
import { escapeTerminal, formatCount, progress } from "../display/mod.ts";
import { writeWhole } from "../files/mod.ts";
import {
  drawQuestions,
  importAnswers,
  nameFault,
  offlineQuiz,
  parseAnswers,
  type Questions,
  QuizError,
  serveQuiz,
} from "../quiz/mod.ts";
import { LABEL_HELP, type LabelOptions, parseLabelOptions } from "./_label_options.ts";
import { pageFor } from "./_page.ts";
import { typedPath, UsageError } from "./_report_options.ts";

/** Where the command speaks, and when it is stopped; other than the defaults in tests only. */
export interface LabelHost {
  readonly print?: (text: string) => void;
  readonly printError?: (text: string) => void;
  /** Settled when the person wants to stop serving; at Ctrl-C by default. */
  readonly stop?: Promise<void>;
}

/** `deno task label`. Returns the exit status: 0, 1 where something failed, 2 for a wrong call. */
export async function label(args: readonly string[], host: LabelHost = {}): Promise<number> {
  const print = host.print ?? console.log;
  const printError = host.printError ?? console.error;
  try {
    const options = parseLabelOptions(args);
    if (options.help) {
      print(LABEL_HELP);
      return 0;
    }
    const fault = options.rater === "" ? null : nameFault(options.rater);
    if (fault !== null) throw new UsageError(`--rater: ${fault}`);
    const dataset = await open(options.data === "" ? "" : typedPath(options.data), { seed: options.seed });
    if (options.merge.length > 0) return await merge(dataset, options.merge, print, printError);
    const questions = drawQuestions(dataset, options);
    mustAsk(dataset, questions);
    print(about(dataset, questions, options));
    if (options.offline !== null) await writeOffline(dataset, questions, options, print);
    else await serve(dataset, questions, options, print, host.stop ?? interrupted());
    return 0;
  } catch (error) {
    printError((error as Error).message.split("\n").map(escapeTerminal).join("\n"));
    if (error instanceof UsageError) {
      printError("`deno task label --help` says what there is.");
      return 2;
    }
    const page = pageFor(error);
    if (page !== null) printError(page);
    return 1;
  }
}

function mustAsk(dataset: Dataset, { images }: Questions): void {
  if (images.length > 0) return;
  throw new QuizError(
    `Cannot make a quiz of "${dataset.name}": the same image lies in several classes wherever one could be asked about`,
  );
}

function about(dataset: Dataset, { images, available }: Questions, options: LabelOptions): string {
  const all = images.length < options.images ? ` (all there are to ask about)` : ` of ${formatCount(available)}`;
  return escapeTerminal(
    `${dataset.name}: ${formatCount(images.length)} images${all}, ${dataset.classes.length} classes; ` +
      "none of the sealed test set",
  );
}

async function writeOffline(
  dataset: Dataset,
  questions: Questions,
  { offline, rater, data, seed }: LabelOptions,
  print: (text: string) => void,
): Promise<void> {
  const path = typedPath(offline!);
  const bar = progress({
    label: "Encoding images",
    total: questions.images.length + questions.references.flat().length,
  });
  let html: string;
  try {
    html = await offlineQuiz(dataset, questions, { rater, onProgress: (done) => bar.update(done) });
  } finally {
    await bar.finish();
  }
  await writeWhole(path, html);
  const again = `deno task label${data === "" ? "" : ` --data ${data}`}${seed === 1 ? "" : ` --seed ${seed}`}`;
  print(
    escapeTerminal(
      `Written: ${shownPath(path)}, ${(html.length / 1e6).toFixed(1)} MB. It has no label of any image asked.`,
    ),
  );
  print(escapeTerminal(`Send it to people. Add what they send back with: ${again} --merge answers.json`));
}

async function serve(
  dataset: Dataset,
  questions: Questions,
  { rater, port }: LabelOptions,
  print: (text: string) => void,
  stop: Promise<void>,
): Promise<void> {
  const server = serveQuiz(dataset, questions, { rater, port });
  print(`Open this address in a browser of this machine; it works once (port ${server.port}):`);
  print(`\n  ${server.address}\n`);
  print("Every answer is kept at once. Ctrl-C stops; the same command goes on from there.");
  await stop;
  await server.stop();
  print("Stopped. `deno task report --only 04` shows what there is.");
}

/** Adds each file, or says why not. One that can't be used does not keep the others out. */
async function merge(
  dataset: Dataset,
  files: readonly string[],
  print: (text: string) => void,
  printError: (text: string) => void,
): Promise<number> {
  let failed = 0;
  for (const typed of files) {
    try {
      const { rater, used, others, total } = await importAnswers(
        dataset,
        parseAnswers(await read(typed), typed),
        typed,
      );
      const left = others === 0 ? "" : `; ${others} to images that are not there any more or are sealed, left out`;
      print(escapeTerminal(
        `${typed}: ${formatCount(used)} answers of ${rater}${left}. Kept of ${rater} now: ${formatCount(total)}`,
      ));
    } catch (error) {
      failed++;
      printError(escapeTerminal((error as Error).message));
    }
  }
  if (failed < files.length) print("`deno task report --only 04` shows what they say.");
  return failed === 0 ? 0 : 1;
}

async function read(typed: string): Promise<string> {
  try {
    return await Deno.readTextFile(typedPath(typed));
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "there is no such file" : (error as Error).message;
    throw new QuizError(`Cannot use the answers in "${typed}": ${reason}`, { cause: error });
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      // Windows knows no SIGTERM.
      if (signal === "SIGINT" || Deno.build.os !== "windows") Deno.addSignalListener(signal, () => resolve());
    }
  });
}

/** As short as it can be typed from here. */
function shownPath(path: string): string {
  const short = relative(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
  return short.startsWith("..") ? path : short;
}

if (import.meta.main) {
  // Importing code from a few well-known hosts is allowed unless it is revoked, whatever permissions are given.
  Deno.permissions.revokeSync({ name: "import" });
  Deno.exit(await label(Deno.args));
}
