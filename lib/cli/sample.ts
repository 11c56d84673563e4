import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { buildSample, isCurrentSample } from "../dataset/mod.ts";
import { progress } from "../display/mod.ts";
import { cacheRoot } from "../files/mod.ts";
import { typedPath } from "./_report_options.ts";

const HELP = `Builds the sample data set emoji16: 1,100 pictures of emoji in 16 classes.

  deno task sample [--out DIR] [--force]

  --out DIR   where to; .plateau/sample/emoji16 by default, where the reports look for it
  --force     build it again even if it is there
  --help      this text
`;

/** `deno task sample`. Returns the exit status. */
export async function sample(args: readonly string[]): Promise<number> {
  let options: { out?: string; force?: boolean; help?: boolean };
  try {
    options = parseArgs({
      args: [...args],
      options: { out: { type: "string" }, force: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const folder = options.out !== undefined ? typedPath(options.out) : join(cacheRoot(), "sample", "emoji16");
  const shown = options.out ?? (relative(Deno.cwd(), folder) || ".");
  if (!options.force && await isCurrentSample(folder)) {
    console.log(`The sample is in ${shown} already (--force builds it again).`);
    return 0;
  }
  let bar: ReturnType<typeof progress> | null = null;
  try {
    const built = await buildSample(folder, {
      onProgress: (done, total) => {
        bar ??= progress({ label: "Drawing emoji16", total });
        bar.update(done);
      },
    });
    await (bar as ReturnType<typeof progress> | null)?.finish();
    console.log(
      `Built emoji16 in ${shown}: ${built.classes} classes, ${built.train} images for training, ${built.test} for the ` +
        `test, and a list of ${built.reserve} that may be added later.`,
    );
    if (built.different.length > 0) {
      console.warn(
        `${built.different.length} of them differ from data/emoji16/recipe.csv (first: ${built.different[0]}): this ` +
          `version of sharp draws them differently, so accuracies may differ slightly from other people's.`,
      );
    }
    return 0;
  } catch (error) {
    await (bar as ReturnType<typeof progress> | null)?.finish();
    console.error((error as Error).message);
    return 1;
  }
}

if (import.meta.main) {
  // Importing code from a few well-known hosts is allowed unless it is revoked, whatever permissions are given.
  Deno.permissions.revokeSync({ name: "import" });
  Deno.exit(await sample(Deno.args));
}
