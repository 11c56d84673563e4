import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { escapeTerminal } from "../display/mod.ts";
import * as engine from "../engine/mod.ts";
import { exportClassifier, loadSaved } from "../pipeline/mod.ts";
import type { PredictHost } from "./predict.ts";
import { typedPath } from "./_report_options.ts";

const HELP = `Writes the pipeline that the last report saved as one ONNX file, for Python, browsers and others.

  deno task export DIR

  --help   this text

Into DIR go model.onnx (preprocessing and calibration included), MODEL_CARD.md, README.md and classes.json. The file is
run in plain ONNX Runtime and compared with \`deno task predict\` before it is written.
`;

/** `deno task export`. Returns the exit status: 0, 1 where it cannot be exported, 2 for a wrong call. */
export async function exportPipeline(args: readonly string[], host: PredictHost = {}): Promise<number> {
  const print = host.print ?? console.log;
  const printError = host.printError ?? console.error;
  let values: { help?: boolean }, positionals: string[];
  try {
    ({ values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h" } },
    }));
  } catch (error) {
    printError(`${(error as Error).message.split(". ")[0]}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    print(HELP);
    return 0;
  }
  if (positionals.length !== 1) {
    printError(`Name one folder to export to\n\n${HELP}`);
    return 2;
  }
  const [typed] = positionals;
  try {
    await engine.use("onnx"); // it alone writes down what it computes
    const classifier = await loadSaved();
    const { files, bytes, agreement } = await exportClassifier(classifier, typedPath(typed));
    const megabytes = (bytes / 1e6).toFixed(1);
    print(escapeTerminal(
      `${classifier.content.name}: ${megabytes} MB, written to ${
        join(typed, files[0])
      }; on ${agreement.pictures} pictures ` +
        `no probability differs from \`deno task predict\` by more than ${agreement.probability.toExponential(0)}`,
    ));
    print(escapeTerminal(`Beside it: ${files.slice(1).map((file) => basename(file)).join(", ")}`));
    return 0;
  } catch (error) {
    printError((error as Error).message.split("\n").map(escapeTerminal).join("\n"));
    return 1;
  }
}

if (import.meta.main) {
  // Importing code from a few well-known hosts is allowed unless it is revoked, whatever permissions are given.
  Deno.permissions.revokeSync({ name: "import" });
  Deno.exit(await exportPipeline(Deno.args));
}
