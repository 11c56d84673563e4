import { fileURLToPath } from "node:url";

/** What a call of `wheels.py` says, line by line. */
export type Answer = Readonly<Record<string, unknown>>;

/** Python is missing, or what it was asked for failed. */
export class PythonError extends Error {
  override name = "PythonError";
}

/** The Python programs that are tried unless one is named; permission is given for these two. */
const PROGRAMS = ["python3", "python"] as const;

/**
 * Calls `wheels.py`.
 *
 * @param onLine Told each line as it comes.
 * @returns The last line.
 * @throws PythonError where there is no Python, or where the call says that it failed.
 */
export async function python(args: readonly string[], onLine: (answer: Answer) => void = () => {}): Promise<Answer> {
  const script = fileURLToPath(new URL("wheels.py", import.meta.url));
  let child: Deno.ChildProcess | null = null;
  for (const program of PROGRAMS) {
    try {
      child = new Deno.Command(program, {
        args: [script, ...args],
        stdin: "null",
        stdout: "piped",
        stderr: args[0] === "download" ? "inherit" : "null",
      }).spawn();
      break;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  if (child === null) {
    throw new PythonError(`Cannot look for TensorFlow: there is no ${PROGRAMS.join(" or ")} on the PATH`);
  }
  let last: Answer = {}, rest = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      last = JSON.parse(line);
      onLine(last);
    }
  }
  const { code } = await child.status;
  if (typeof last.error === "string") throw new PythonError(last.error);
  if (code !== 0) throw new PythonError(`Python ended with status ${code} while it was asked to ${args[0]}`);
  return last;
}
