import { relative } from "node:path";
import { parseArgs } from "node:util";
import { escapeTerminal, progress } from "../display/mod.ts";
import { FileError } from "../files/mod.ts";
import { download, HubError } from "../hub/mod.ts";

const HELP = `Downloads a pre-trained network from Hugging Face, once, for the reports to use.

  deno task backbone hf:OWNER/NAME

  hf:OWNER/NAME   as on huggingface.co; it must have onnx/model.onnx, model.onnx, model.json, or one .onnx file
  --help          this text

Then: deno task report --backbone hf:OWNER/NAME

This is the only command that may use the network, and only huggingface.co and hf.co. It sends nothing but the names of
the files. They are checked against the hashes that Hugging Face lists and kept in .plateau/backbones. What was stopped
goes on from there. PLATEAU_HUB names another address, of 127.0.0.1, to ask instead.
`;

/** Where the command prints to; other than the defaults in tests only. */
export interface BackboneHost {
  readonly print?: (text: string) => void;
  readonly printError?: (text: string) => void;
}

/** `deno task backbone`. Returns the exit status: 0, 1 where something failed, 2 for a wrong call. */
export async function backbone(args: readonly string[], host: BackboneHost = {}): Promise<number> {
  const print = host.print ?? console.log;
  const printError = host.printError ?? console.error;
  let wanted: string[], help: boolean | undefined;
  try {
    const parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h" } },
    });
    [wanted, help] = [parsed.positionals, parsed.values.help];
  } catch (error) {
    printError(`${(error as Error).message.split(". ")[0]}\n\n${HELP}`);
    return 2;
  }
  if (help) {
    print(HELP);
    return 0;
  }
  if (wanted.length !== 1) {
    printError(`Give one network, as hf:OWNER/NAME; there are ${wanted.length}\n\n${HELP}`);
    return 2;
  }
  let bar: ReturnType<typeof progress> | null = null;
  try {
    const path = await download(wanted[0], {
      onProgress({ file, done, total }) {
        // In kilobytes: what a bar counts should be readable.
        bar ??= progress({ label: `Downloading ${wanted[0]}`, total: Math.max(1, Math.ceil(total / 1000)) });
        bar.update(Math.floor(done / 1000), `${file}, kB`);
      },
    });
    await (bar as ReturnType<typeof progress> | null)?.finish();
    print(escapeTerminal(`${wanted[0]} is in ${relative(Deno.cwd(), path)}.`));
    return 0;
  } catch (error) {
    await (bar as ReturnType<typeof progress> | null)?.finish();
    if (!(error instanceof HubError || error instanceof FileError)) throw error;
    printError(escapeTerminal(error.message));
    return 1;
  }
}

if (import.meta.main) {
  // Importing code from a few well-known hosts is allowed unless it is revoked, whatever permissions are given.
  Deno.permissions.revokeSync({ name: "import" });
  Deno.exit(await backbone(Deno.args));
}
