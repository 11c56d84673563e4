import { Queue, QueueEvents } from "bullmq";
import type { Outcome } from "../job.ts";
import type { RemoteTask } from "../remote.ts";
import type { TaskHooks } from "../runner.ts";
import { codeVersion } from "./_code_version.ts";
import { connectQueue, type QueueConnection } from "./_connect.ts";
import { canTravel, type Envelope } from "./_envelope.ts";
import { machinesOf } from "./_machines.ts";
import { type Kind, KINDS, PREFIX, queueName } from "./_names.ts";
import { rowsOf } from "./_packed_images.ts";
import { toRanges } from "./_ranges.ts";
import { Submission } from "./_submission.ts";

/** Jobs in the queue at the same time, for one who submits: enough for any number of machines. */
export const MOST_AT_ONCE = 1000;
/** How often cancelled jobs are looked for, and events that were missed, in milliseconds. */
const LOOK_FOR_STOP = 200;
const LOOK_FOR_NEWS = 3000;
const LOOK_FOR_MACHINES = 5000;

/** How jobs go into the queue. */
export interface QueueOptions {
  /** Whether machines with other engines may take them: a run then says what it was trained with. */
  readonly mixedEngines?: boolean;
}

/**
 * Hands experiments to the machines of a queue, and waits for what they give. A job is there under its experiment's hash,
 * so nothing is trained twice, whoever asks; a queue that forgets is told again.
 */
export class QueueRunner implements AsyncDisposable {
  readonly atOnce = MOST_AT_ONCE;
  readonly #queues = new Map<string, { readonly queue: Queue; readonly events: QueueEvents; readonly kind: Kind }>();
  readonly #open = new Map<string, Set<Submission>>();
  readonly #timers: number[] = [];
  #machines = "";

  private constructor(readonly connection: QueueConnection, readonly version: string, readonly mixed: boolean) {
    const every = (pause: number, work: () => void) => this.#timers.push(setInterval(work, pause) as unknown as number);
    every(LOOK_FOR_STOP, () => {
      for (const one of this.#all()) if (one.hooks.stop.stopRequested()) one.cancel();
    });
    every(LOOK_FOR_NEWS, () => {
      if (connection.goneSince === null) { for (const one of this.#all()) one.look(); }
    });
    every(LOOK_FOR_MACHINES, () => void this.#lookForMachines());
  }

  /** @throws QueueError where the queue cannot be used. */
  static async open(url: string, { mixedEngines = false }: QueueOptions = {}): Promise<QueueRunner> {
    const version = await codeVersion();
    return new QueueRunner(await connectQueue(url), version, mixedEngines);
  }

  /**
   * Trains one experiment on whichever machine takes it.
   *
   * @throws Interrupted when `hooks.stop` says so: the job is taken out of the queue, or stopped where it runs.
   * @throws What ended it on the machine; a RangeError for a job that cannot travel.
   */
  async run({ job, images }: RemoteTask, hooks: TaskHooks): Promise<Outcome> {
    if (!canTravel(job)) throw new RangeError("Cannot queue an experiment whose model is not plain data");
    const { queue } = await this.#queueFor({
      version: this.version,
      engine: this.mixed ? null : job.engine.label,
      arch: this.mixed ? null : Deno.build.arch,
    });
    const envelope: Envelope = { protocol: 1, job, images: images.hash, rows: toRanges(rowsOf(images)) };
    const submission = new Submission(envelope, images, hooks, queue, this.connection.redis);
    const same = this.#open.get(job.id) ?? new Set();
    this.#open.set(job.id, same.add(submission));
    submission.look(true);
    if (this.#open.size === 1) void this.#lookForMachines();
    try {
      return await submission.outcome;
    } finally {
      same.delete(submission);
      if (same.size === 0) this.#open.delete(job.id);
    }
  }

  /** "3 running on 2 machines (anna 2, bert 1), 41 waiting"; what is in the way, where something is. */
  whereabouts(): string {
    const { goneSince } = this.connection;
    if (goneSince !== null) {
      const seconds = Math.round((performance.now() - goneSince) / 1000);
      return `the queue has not answered for ${seconds} s, waiting for it`;
    }
    const all = [...this.#all()];
    const running = all.filter(({ machine }) => machine !== "");
    const places = [...Map.groupBy(running, ({ machine }) => machine)].sort(([a], [b]) => a < b ? -1 : 1);
    const names = places.map(([name, { length }]) => places.length > 8 ? name : `${name} ${length}`).slice(0, 8);
    const more = places.length > 8 ? `, and ${places.length - 8} more` : "";
    const waiting = all.length - running.length;
    return [
      running.length === 0
        ? "none running yet"
        : `${running.length} running on ${places.length === 1 ? "one machine" : `${places.length} machines`} ` +
          `(${names.join(", ")}${more})`,
      ...(waiting > 0 ? [`${waiting} waiting`] : []),
      ...(running.length === 0 && this.#machines !== "" ? [this.#machines] : []),
    ].join(", ");
  }

  /** Takes back what nobody waits for any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#timers.forEach((timer) => clearInterval(timer));
    await Promise.all([...this.#all()].map((one) => one.cancel()));
    for (const { queue, events } of this.#queues.values()) {
      await Promise.all([queue.close(), events.close()].map((closing) => closing.catch(() => {})));
    }
    await this.connection[Symbol.asyncDispose]();
  }

  *#all(): Generator<Submission> {
    for (const same of [...this.#open.values()]) yield* same;
  }

  async #queueFor(kind: Kind) {
    const name = queueName(kind);
    const known = this.#queues.get(name);
    if (known) return known;
    const options = { connection: this.connection.redis, prefix: PREFIX };
    const queue = new Queue(name, options);
    const events = new QueueEvents(name, { connection: this.connection.redis.duplicate(), prefix: PREFIX });
    const one = { queue, events, kind };
    this.#queues.set(name, one);
    // An outage is told by the connection; both of these try again by themselves.
    queue.on("error", () => {});
    events.on("error", () => {});
    const news = ({ jobId }: { readonly jobId: string }) => this.#open.get(jobId)?.forEach((open) => open.look());
    events.on("completed", news);
    events.on("failed", news);
    events.on("progress", ({ jobId, data }) => {
      this.#open.get(jobId)?.forEach((open) => open.sign(data as never));
    });
    events.on("waiting", ({ jobId }) => this.#open.get(jobId)?.forEach((open) => open.machine = ""));
    await this.connection.redis.hset(KINDS, name, JSON.stringify(kind));
    return one;
  }

  /** Says why nobody takes the jobs, where nobody can. */
  async #lookForMachines(): Promise<void> {
    if (this.connection.goneSince !== null || this.#open.size === 0) return;
    try {
      const machines = await machinesOf(this.connection.redis);
      const wanted = [...this.#queues.values()];
      const able = machines.filter(({ queues }) => wanted.some(({ queue }) => queues.includes(queue.name)));
      const { kind } = wanted[0];
      const wish = `${kind.engine ?? "any engine"}${kind.arch ? ` on ${kind.arch}` : ""}, code ${kind.version}`;
      this.#machines = able.length > 0
        ? ""
        : machines.length === 0
        ? "no machine is there: start one with `deno task worker --queue …`"
        : `none of the ${machines.length} machines there takes them: they need ${wish}, ${machines[0].name} has ` +
          `${machines[0].engine} on ${machines[0].arch}, code ${machines[0].version}`;
    } catch {
      // asked again in a moment
    }
  }
}
