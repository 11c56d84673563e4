import { availableParallelism, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { escapeTerminal } from "../display/mod.ts";
import { tryEngines } from "./_engine_process.ts";

const HELP = `Says what is there to train with, what is missing, and the command that would add it.

  deno task doctor
`;

/** One thing that may be there. */
interface Check {
  readonly name: string;
  /** What it is, or why it cannot be used. */
  readonly found: string;
  readonly there: boolean;
  /** How to add it, where it is missing. */
  readonly remedy?: string;
}

/** How each engine that needs something is made available. */
const REMEDIES: Readonly<Record<string, string>> = {
  tensorflow: "deno task tensorflow",
  "tensorflow-gpu": "deno task tensorflow --gpu (with an NVIDIA graphics processor)",
  webgpu: "a graphics driver; on Debian without a graphics processor: apt install mesa-vulkan-drivers (slow)",
};

/** Other programs that a part of the workbench uses. */
const PROGRAMS = [
  { name: "python3", for: "fetches TensorFlow's library", remedy: "python.org, or your system's packages" },
  { name: "jupyter", for: "opens the notebooks in a browser", remedy: "pip install jupyterlab" },
] as const;

/** `deno task doctor`. Returns the exit status: 0 where the default engine works. */
export async function doctor(args: readonly string[], print: (text: string) => void = console.log): Promise<number> {
  try {
    parseArgs({ args: [...args], options: { help: { type: "boolean", short: "h" } } });
  } catch (error) {
    console.error(`${(error as Error).message.split(". ")[0]}\n\n${HELP}`);
    return 2;
  }
  if (args.length > 0) {
    print(HELP);
    return 0;
  }
  print(
    `Deno ${Deno.version.deno} on ${Deno.build.os} ${Deno.build.arch}, ${availableParallelism()} processors, ` +
      `${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory`,
  );
  print("\nEngines (--engine NAME)");
  const found = await checkEngines();
  found.forEach((check) => print(lineOf(check)));
  print("\nPrograms that some parts use");
  for (const check of await checkPrograms()) print(lineOf(check));
  return found.find(({ name }) => name === "onnx")!.there ? 0 : 1;
}

async function checkEngines(): Promise<Check[]> {
  return (await tryEngines()).map(({ name, label, reason }) => (
    { name, found: label ?? reason, there: label !== null, remedy: REMEDIES[name] }
  ));
}

async function checkPrograms(): Promise<Check[]> {
  return await Promise.all(PROGRAMS.map(async ({ name, for: what, remedy }) => {
    try {
      const { stdout, success } = await new Deno.Command(name, { args: ["--version"], stdin: "null" }).output();
      const version = new TextDecoder().decode(stdout).trim().split("\n")[0];
      return { name, found: `${version}: ${what}`, there: success, remedy };
    } catch {
      return { name, found: `not on the PATH; ${what}`, there: false, remedy };
    }
  }));
}

function lineOf({ name, found, there, remedy }: Check): string {
  const fix = there || remedy === undefined ? "" : `\n      ${remedy}`;
  return escapeTerminal(`  ${there ? "✓" : "–"} ${name.padEnd(15)} ${found}`) + fix;
}

if (import.meta.main) Deno.exit(await doctor(Deno.args));
