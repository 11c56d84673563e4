import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { open, suggestGroups } from "../dataset/mod.ts";
import { escapeTerminal } from "../display/mod.ts";
import { writeWhole } from "../files/mod.ts";
import { pageFor } from "./_page.ts";
import { typedPath } from "./_report_options.ts";

const DEFAULT_OUT = "groups-suggested.csv";

const HELP = `Suggests which images belong together, and writes that as a group file to look through.

  deno task groups [--data DIR] [--out FILE]

  --data DIR   the images, as DIR/<class>/*; the bundled sample emoji16 without it
  --out FILE   where to; ${DEFAULT_OUT} in the current folder by default. A file that is there is never overwritten
  --seed N     which test set is drawn where the folders give none; 1 by default
  --help       this text

A suggestion comes from file names, sub-folders and pictures that are nearly the same, and is made only where the
pictures bear it out. To use it, look through the file and put it into the images' folder as groups.csv.
`;

/** `deno task groups`. Returns the exit status. */
export async function groups(args: readonly string[]): Promise<number> {
  let options: { data?: string; out?: string; seed?: string; help?: boolean };
  try {
    options = parseArgs({
      args: [...args],
      options: {
        data: { type: "string" },
        out: { type: "string" },
        seed: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const { data = "", out = DEFAULT_OUT, seed = "1" } = options;
  if (!/^\d+$/.test(seed)) {
    console.error(`--seed must be a whole number, it is "${seed}"`);
    return 2;
  }
  if (existsSync(typedPath(out))) {
    console.error(`Cannot write "${out}": it is there already. Name another file with --out, or move it away`);
    return 1;
  }
  try {
    const images = await open(data === "" ? "" : typedPath(data), { seed: Number(seed) });
    const suggested = await suggestGroups(images);
    console.log(suggested.text());
    if (suggested.rows.length === 0) return 0;
    await writeWhole(typedPath(out), suggested.csv());
    const folder = data === "" ? "the images' folder" : data;
    console.log(
      `\nWritten to ${out}. Look through it: rows may be changed, added and taken out. Then put it into ${folder} as ` +
        `groups.csv, and every split keeps the images of a group together.` +
        (images.grouped ? "\nThe images have groups already: those stay in use until the file takes their place." : ""),
    );
    return 0;
  } catch (error) {
    console.error(escapeTerminal((error as Error).message));
    const page = pageFor(error);
    if (page !== null) console.error(page);
    return 1;
  }
}

if (import.meta.main) {
  // Importing code from a few well-known hosts is allowed unless it is revoked, whatever permissions are given.
  Deno.permissions.revokeSync({ name: "import" });
  Deno.exit(await groups(Deno.args));
}
