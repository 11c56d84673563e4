/**
 * The process that holds the queue for a report: it alone reaches the queue's host, and the notebooks reach only it.
 * First it says in one line of JSON where, or why not; it ends with the one that started it.
 */
import { randomUUID } from "node:crypto";
import { QueueRunner } from "../train/experiments/queue/queue_runner.ts";
import { serveRelay } from "../train/experiments/relay/serve_relay.ts";
import { whenParentEnds } from "./_queue_process.ts";

Deno.permissions.revokeSync({ name: "import" });

/** What the first line says. */
export type RelayLine =
  | { readonly port: number; readonly token: string; readonly shown: string }
  | { readonly error: string };

async function run(url: string, mixedEngines: boolean): Promise<void> {
  // Ctrl-C reaches this process, too; what it ends, the notebook's kernel says.
  Deno.addSignalListener("SIGINT", () => {});
  const remote = await QueueRunner.open(url, { mixedEngines });
  const { shown } = remote.connection.address;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const token = randomUUID();
  tell({ port: (listener.addr as Deno.NetAddr).port, token, shown });
  serveRelay(listener, token, remote, { shown, mixedEngines });
  await whenParentEnds();
  await remote[Symbol.asyncDispose]();
}

function tell(line: RelayLine): void {
  console.log(JSON.stringify(line));
}

if (import.meta.main) {
  try {
    await run(Deno.env.get("PLATEAU_QUEUE") ?? "", Deno.args.includes("--mixed-engines"));
    Deno.exit(0);
  } catch (error) {
    tell({ error: (error as Error).message });
    Deno.exit(1);
  }
}
