import type { Redis } from "ioredis";
import * as z from "zod";
import type { Machine } from "./_machines.ts";
import { KINDS, PREFIX, queueName } from "./_names.ts";

const Asked = z.strictObject({ version: z.string(), engine: z.string().nullable(), arch: z.string().nullable() });

/** Says once, for each kind of job that this machine does not take, that there are some and why it leaves them. */
export function otherKinds(redis: Redis, machine: Machine, say: (text: string) => void): () => Promise<void> {
  const said = new Set<string>();
  return async () => {
    for (const [name, text] of Object.entries(await redis.hgetall(KINDS))) {
      if (machine.queues.includes(name) || said.has(name)) continue;
      const { success, data: kind } = Asked.safeParse(parsed(text));
      if (!success || queueName(kind) !== name) continue;
      const waiting = await redis.llen(`${PREFIX}:${name}:wait`);
      if (waiting === 0) continue;
      said.add(name);
      const { engine, arch, version } = machine;
      const reason = kind.version !== version
        ? `they need the code ${kind.version}, this machine has ${version}: bring both to the same version of Plateau`
        : kind.engine === null
        ? "they may be trained with any engine: --mixed-engines takes them"
        : `they need ${kind.engine} on ${kind.arch}, this machine has ${engine} on ${arch}`;
      say(
        `${waiting} ${
          waiting === 1 ? "experiment waits" : "experiments wait"
        } that this machine does not take: ${reason}`,
      );
    }
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
