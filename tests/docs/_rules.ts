import { join } from "node:path";
import { projectRoot } from "../../lib/files/mod.ts";
import { findProgram } from "../_programs.ts";
import type { DocCommand } from "./_commands.ts";

/** How a command of a page is run. */
export interface Plan {
  /** What runs: the command as written, but for `npx -y deno@2`, with small limits where it would take long. */
  readonly run: string;
  /** Why it is not run here. */
  readonly skipped?: string;
  /** It goes on until it is stopped; it is fine once it has printed this. */
  readonly until?: RegExp;
}

interface Rule {
  readonly when: RegExp;
  /** What is put at the end of the command. */
  readonly add?: (command: string, first: boolean) => string;
  /** What becomes of it otherwise. */
  readonly change?: (command: string) => string;
  readonly skipped?: () => string | undefined;
  readonly until?: RegExp;
}

/** The budget of a report: the least training that there is. */
const BUDGET = "--budget 5s";

const needs = (...programs: string[]) => () => {
  const missing = programs.filter((program) => findProgram(program) === null);
  return missing.length === 0 ? undefined : `${missing.join(" and ")} is not on the PATH`;
};

/** The rules by which commands are made small, or left out; the first that fits holds. */
const RULES: readonly Rule[] = [
  { when: /^deno task \S+ --help$/ },
  // They want a Redis, and others to come: `deno task test:queue` is about nothing else.
  { when: /^([A-Z_]+=\S+ )*deno task (worker|report .*--queue)|^redis-server/, skipped: () => "it wants a queue" },
  { when: /tensorflow-gpu|tensorflow --gpu/, skipped: () => "it wants an NVIDIA graphics processor and gigabytes" },
  // TensorFlow's library is hundreds of megabytes: it is used where it is there already.
  { when: /^deno task tensorflow/, skipped: withoutTensorflow },
  { when: /^deno task report .*--engine tensorflow/, skipped: withoutTensorflow, add: () => `--only 01 ${BUDGET}` },
  // The first report runs all notebooks, the others those that they name, or the first.
  {
    when: /^deno task report( |$)/,
    change: (command) => command.replace(/ --(quick|thorough|budget \S+)( |$)/, "$2").trimEnd(),
    add: (command, first) => `${first || command.includes("--only") ? "" : "--only 01 "}${BUDGET}`,
  },
  { when: /^deno task label(?!.*--(offline|merge))/, until: /http:\/\/127\.0\.0\.1:\d+/ },
  { when: /^deno task selftest$/, add: () => "--data path/to/folder --faults duplicates-across-splits --seeds 1" },
  { when: /^deno task test$/, add: () => "tests/stats/wilson_test.ts" },
  { when: /^deno task bench engine/, add: () => "--rounds 1 --cases 'dense head' --peers onnx" },
  { when: /^deno task bench queue/, skipped: () => "it measures for minutes" },
  { when: /^deno task lab( |$)/, skipped: needs("jupyter"), add: () => "-- --version" },
  { when: /^deno task (check|coverage|test:\w+)$/, skipped: () => "it has its own place in the gate" },
  { when: /^deno task / },
  { when: /^deno jupyter --install$/, skipped: needs("jupyter") },
  { when: /^([A-Z_]+=\S+ )*jupyter /, skipped: needs("jupyter") },
  { when: /^([A-Z_]+=\S+ )*papermill /, skipped: needs("papermill") },
  { when: /^(python3 -m )?pip |^apt /, skipped: () => "it installs something outside of the project" },
  {
    when: /^unshare .*deno task report'$/,
    skipped: () => unshares() ? undefined : "this machine lets nobody make network namespaces",
    change: (command) => `${command.slice(0, -1)} --only 01 ${BUDGET}'`,
  },
];

/** A command as it is typed where Deno is installed. */
export function asTyped(text: string): string {
  return text.replaceAll("npx -y deno@2", "deno");
}

/** How this command is run, or null where no rule knows it. */
export function planOf({ text }: DocCommand, tasks: readonly string[], first: boolean): Plan | null {
  const command = asTyped(text);
  const task = /^deno task (\S+)/.exec(command)?.[1];
  if (task !== undefined && !tasks.includes(task)) return null;
  const rule = RULES.find(({ when }) => when.test(command));
  if (rule === undefined) return null;
  const changed = rule.change?.(command) ?? command;
  const added = rule.add?.(changed, first);
  return { run: added ? `${changed} ${added}` : changed, skipped: rule.skipped?.(), until: rule.until };
}

/** Where TensorFlow's library is, or null. */
export function tensorflowFolder(): string | null {
  const folder = Deno.env.get("PLATEAU_TENSORFLOW") || join(projectRoot(), ".plateau", "tensorflow");
  return statIsThere(folder) ? folder : null;
}

function withoutTensorflow(): string | undefined {
  return tensorflowFolder() === null ? "TensorFlow's library is not here" : undefined;
}

function statIsThere(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function unshares(): boolean {
  if (findProgram("unshare") === null) return false;
  return new Deno.Command("unshare", { args: ["-rn", "true"], stdout: "null", stderr: "null" }).outputSync().success;
}
