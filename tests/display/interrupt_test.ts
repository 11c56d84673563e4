import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** Runs the job, sends it an interrupt for each of its lines, and gives the lines and how it ended. */
async function interrupted(argument: string): Promise<{ lines: string[]; code: number; signal: string | null }> {
  const script = fileURLToPath(new URL("_interrupted_job.ts", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", script, argument],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines: string[] = [];
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    for (const line of text.trim().split("\n")) {
      lines.push(line);
      // The last job has only just ended its watch.
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (argument !== "" || lines.length === 1) child.kill("SIGINT");
    }
  }
  const { code, signal } = await child.status;
  return { lines, code, signal };
}

// Windows ends a process that is sent a signal.
const ignore = Deno.build.os === "windows";
const LINES = ["ready", "outer true, inner true, later false"];

Deno.test(
  "onInterrupt() stops the job that runs and the jobs around it, not those that come after",
  { ignore },
  async () => {
    assert.deepEqual(await interrupted(""), { lines: LINES, code: 0, signal: null });
  },
);

Deno.test("a second interrupt ends a program whose job does not stop", { ignore }, async () => {
  assert.deepEqual(await interrupted("--stubborn"), { lines: LINES, code: 130, signal: null });
});

Deno.test("an interrupt ends the program as usual when no job watches any more", { ignore }, async () => {
  const { lines, signal } = await interrupted("--go-on");
  assert.deepEqual(lines, LINES);
  assert.equal(signal, "SIGINT");
});
