import { parseArgs } from "node:util";
import { DEFAULT_IMAGES } from "../quiz/mod.ts";
import { UsageError } from "./_report_options.ts";

/** What `deno task label` was asked for. */
export interface LabelOptions {
  /** As typed; empty for the sample. */
  readonly data: string;
  /** Empty where none was given: the page asks. */
  readonly rater: string;
  readonly images: number;
  readonly seed: number;
  /** 0 for any free one. */
  readonly port: number;
  /** The file to write, as typed; null to serve the quiz. */
  readonly offline: string | null;
  /** Files to merge, as typed; empty to serve the quiz. */
  readonly merge: readonly string[];
  readonly help: boolean;
}

export const LABEL_HELP = `Asks people what they see on a sample of the images: how good are people?

  deno task label [--data DIR] [--rater NAME] [--images N] [--seed N] [--port N]
  deno task label [--data DIR] --offline FILE.html
  deno task label [--data DIR] --merge FILE.json...

  --data DIR           the images, as DIR/<class>/*; the bundled sample emoji16 without it
  --rater NAME         the name that the page begins with
  --images N           images to ask about; 100 by default
  --seed N             which images; 1 by default. As the report's: it also says which images are sealed where no test
                       part is given. The same seed asks everybody the same
  --port N             where on 127.0.0.1; any free port by default
  --offline FILE.html  writes the same quiz as one file to send to a friend
  --merge FILE.json    adds the answers that came back; several files one after the other
  --help               this text

Without --offline and --merge it prints an address to open in a browser of this machine. Every answer is kept at once:
stop with Ctrl-C when you like, the same command goes on from there. Images of the sealed test set are never asked.
`;

const LARGEST_SEED = 2 ** 31 - 1;

/** Reads the command line. @throws UsageError */
export function parseLabelOptions(args: readonly string[]): LabelOptions {
  const { values, positionals } = parse(args);
  const merge = values.merge === undefined ? [] : [...values.merge, ...positionals];
  if (values.merge === undefined && positionals.length > 0) {
    throw new UsageError(`Unexpected argument "${positionals[0]}": files of answers come after --merge`);
  }
  if (values.offline !== undefined && merge.length > 0) {
    throw new UsageError("--offline and --merge exclude each other, give one of them");
  }
  for (const name of ["data", "offline"] as const) {
    if (values[name]?.trim() === "") {
      throw new UsageError(`--${name} must name a ${name === "data" ? "folder" : "file"}, it is empty`);
    }
  }
  if (merge.some((file) => file.trim() === "")) throw new UsageError("--merge must name files, one is empty");
  return {
    data: values.data ?? "",
    rater: values.rater ?? "",
    images: whole("images", values.images ?? String(DEFAULT_IMAGES), 1, 1_000_000),
    seed: whole("seed", values.seed ?? "1", 0, LARGEST_SEED),
    port: whole("port", values.port ?? "0", 0, 65_535),
    offline: values.offline ?? null,
    merge,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        data: { type: "string" },
        rater: { type: "string" },
        images: { type: "string" },
        seed: { type: "string" },
        port: { type: "string" },
        offline: { type: "string" },
        merge: { type: "string", multiple: true },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    // Node's further sentences are about positional arguments.
    throw new UsageError((error as Error).message.split(/\.\s/)[0]);
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`--${name} must be a whole number from ${least} to ${most}, it is "${text}"`);
}
