import { parseArgs } from "node:util";
import { decodeFile, imagesBelow } from "../dataset/mod.ts";
import { escapeTerminal, formatShare } from "../display/mod.ts";
import * as engine from "../engine/mod.ts";
import { type Answer, type Classifier, loadSaved, type Picture } from "../pipeline/mod.ts";
import { typedPath } from "./_report_options.ts";

const HELP = `Says what is in pictures, with the pipeline that the last report saved.

  deno task predict FILE|DIR… [--json]

  --json         one JSON document instead of lines, with every class's probability
  --engine NAME  onnx (default), wasm or cpu
  --help         this text

Each line has the class and its probability, calibrated on images that the classifier was not trained on. Pictures that
are unlike anything in training are marked: what is said of them means little. Folders are read with all below them.
`;

/** Pictures that are in memory at the same time. */
const TOGETHER = 16;

/** Where the command prints to; other than the console in tests only. */
export interface PredictHost {
  readonly print?: (text: string) => void;
  readonly printError?: (text: string) => void;
}

/** `deno task predict`. Returns the exit status: 0, 1 where a picture or the pipeline cannot be used, 2 for a wrong call. */
export async function predict(args: readonly string[], host: PredictHost = {}): Promise<number> {
  const print = host.print ?? console.log;
  const printError = host.printError ?? console.error;
  let values: { json?: boolean; engine?: string; help?: boolean }, positionals: string[];
  try {
    ({ values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean" }, engine: { type: "string" }, help: { type: "boolean", short: "h" } },
    }));
  } catch (error) {
    printError(`${(error as Error).message.split(". ")[0]}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    print(HELP);
    return 0;
  }
  if (positionals.length === 0) {
    printError(`Name at least one picture or folder\n\n${HELP}`);
    return 2;
  }
  try {
    await engine.use(values.engine ?? "onnx");
    const classifier = await loadSaved();
    const { files, skipped } = await filesOf(positionals);
    const said: { readonly file: string; readonly answer: Answer }[] = [];
    for (let start = 0; start < files.length; start += TOGETHER) {
      const decoded = await decodedOf(files.slice(start, start + TOGETHER), skipped);
      const answers = await classifier.answers(decoded.map(({ picture }) => picture));
      answers.forEach((answer, i) => {
        said.push({ file: decoded[i].file, answer });
        if (!values.json) print(lineOf(decoded[i].file, answer, classifier));
      });
    }
    if (values.json) print(JSON.stringify(documentOf(classifier, said, skipped), null, 1));
    else skipped.forEach(({ reason }) => printError(escapeTerminal(reason)));
    return skipped.length === 0 ? 0 : 1;
  } catch (error) {
    printError((error as Error).message.split("\n").map(escapeTerminal).join("\n"));
    return 1;
  }
}

/** A picture that is left out, and why. */
interface Skipped {
  readonly file: string;
  readonly reason: string;
}

/** All that was named, folders opened: each file as it was typed, and where it is. */
async function filesOf(typed: readonly string[]) {
  const files: { readonly file: string; readonly path: string }[] = [];
  const skipped: Skipped[] = [];
  for (const one of typed) {
    const path = typedPath(one);
    const info = await Deno.stat(path).catch(() => null);
    if (info === null) skipped.push({ file: one, reason: `Cannot read "${one}": there is no such file or folder` });
    else if (!info.isDirectory) files.push({ file: one, path });
    else {
      const below = await imagesBelow(path);
      if (below.length === 0) skipped.push({ file: one, reason: `Cannot use "${one}": there is no image in it` });
      const prefix = one.replace(/\/+$/, "");
      below.forEach((found) => files.push({ file: prefix + found.slice(path.length), path: found }));
    }
  }
  return { files, skipped };
}

async function decodedOf(files: readonly { file: string; path: string }[], skipped: Skipped[]) {
  const all = await Promise.all(files.map(async ({ file, path }) => {
    try {
      return { file, picture: await decodeFile(path) as Picture };
    } catch (error) {
      skipped.push({ file, reason: (error as Error).message.replace(path, file) });
      return null;
    }
  }));
  return all.filter((one) => one !== null);
}

function lineOf(file: string, { label, probabilities, unlike }: Answer, { classes }: Classifier): string {
  const percent = formatShare(probabilities[label], { n: 1 });
  return escapeTerminal(
    `${file}: ${classes[label]}, ${percent}${unlike === true ? " (unlike anything in training)" : ""}`,
  );
}

function documentOf(
  { content }: Classifier,
  said: readonly { readonly file: string; readonly answer: Answer }[],
  skipped: readonly Skipped[],
) {
  const { name, id, classes, temperature, unlike } = content;
  return {
    pipeline: { name, id, temperature, unlike },
    classes,
    predictions: said.map(({ file, answer }) => ({
      file,
      class: classes[answer.label],
      probability: answer.probabilities[answer.label],
      unlike: answer.unlike,
      strangeness: answer.strangeness,
      probabilities: [...answer.probabilities],
    })),
    skipped,
  };
}

if (import.meta.main) {
  // Importing code from a few well-known hosts is allowed unless it is revoked, whatever permissions are given.
  Deno.permissions.revokeSync({ name: "import" });
  Deno.exit(await predict(Deno.args));
}
