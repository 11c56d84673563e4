import type { Case } from "./cases.ts";
import { TextLineStream } from "./lines.ts";
import type { Measurement, Peer, Preparation } from "./peer.ts";

/**
 * A peer in a process that speaks lines of JSON: `{prepare: task, steps}` or `{measure: steps}` in, a `Preparation` or a
 * `Measurement` out, or `{error}`.
 */
export function processPeer<Task = Case>(name: string, command: string, args: readonly string[]): Peer<Task> {
  const child = new Deno.Command(command, { args: [...args], stdin: "piped", stdout: "piped", stderr: "null" }).spawn();
  const writer = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();

  async function ask<Answer>(request: unknown): Promise<Answer> {
    await writer.write(new TextEncoder().encode(JSON.stringify(request) + "\n")).catch(() => {});
    for (;;) {
      const { value, done } = await lines.read();
      if (done) throw new Error("it ended");
      // Libraries print what they like.
      if (!value.startsWith("{")) continue;
      const answer = JSON.parse(value);
      if (answer.error) throw new Error(answer.error);
      return answer;
    }
  }

  return {
    name,
    prepare: (task, steps) => ask<Preparation>({ prepare: task, steps }),
    measure: (steps) => ask<Measurement>({ measure: steps }),
    async close() {
      await writer.close().catch(() => {});
      await lines.cancel().catch(() => {});
      await child.status;
    },
  };
}
