import type { Redis } from "ioredis";
import * as z from "zod";
import { keys } from "./_names.ts";

const Machine = z.strictObject({
  /** For people. */
  name: z.string(),
  engine: z.string(),
  arch: z.string(),
  version: z.string(),
  /** Experiments at the same time. */
  atOnce: z.number().int(),
  /** Names of the queues that it takes jobs from. */
  queues: z.array(z.string()),
});

/** A machine that works on a queue, as it describes itself. */
export type Machine = z.infer<typeof Machine>;

/** Seconds after which a machine that shows no life is gone. */
const LIFE = 15;

/** To be called more often than every {@link LIFE} seconds. */
export async function showMachine(redis: Redis, machine: Machine): Promise<void> {
  await redis.set(keys.machine(machine.name), JSON.stringify(machine), "EX", LIFE);
}

/** The machines that are there now. */
export async function machinesOf(redis: Redis): Promise<Machine[]> {
  const found: string[] = [];
  let cursor = "0";
  do {
    const [next, some] = await redis.scan(cursor, "MATCH", keys.machine("*"), "COUNT", 1000);
    found.push(...some);
    cursor = next;
  } while (cursor !== "0");
  if (found.length === 0) return [];
  const texts = await redis.mget(found);
  return texts.flatMap((text) => {
    const { success, data } = Machine.safeParse(JSON.parse(text ?? "null"));
    return success ? [data] : [];
  });
}
