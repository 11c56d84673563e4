import type { Remote } from "../remote.ts";
import type { PackedImages } from "../queue/_packed_images.ts";
import { packOutcome } from "../queue/_packed_outcome.ts";
import { Frames } from "./_frames.ts";
import type { Asked, QueueFacts, Told } from "./_messages.ts";

/** How often it is told where things are, in milliseconds. */
const TELL = 500;

/**
 * Runs what other processes of this machine ask for, on a queue that only this one reaches. Those that do not know the
 * token are not answered. What a process that is gone had asked for and nobody trains yet is taken back.
 *
 * @param listener On 127.0.0.1.
 */
export async function serveRelay(
  listener: Deno.Listener,
  token: string,
  remote: Remote,
  queue: Omit<QueueFacts, "atOnce">,
): Promise<void> {
  for await (const connection of listener) {
    serve(new Frames(connection), token, remote, { ...queue, atOnce: remote.atOnce }).catch(() => {});
  }
}

async function serve(frames: Frames, token: string, remote: Remote, queue: QueueFacts): Promise<void> {
  const images = new Map<string, PackedImages>();
  const stops = new Map<number, () => void>();
  const say = (told: Told, body?: Uint8Array) => frames.send(told, body).catch(() => {});
  let known = false;
  let gone = false;
  let said = "";
  const tell = setInterval(() => {
    const text = remote.whereabouts();
    if (known && stops.size > 0 && text !== said) say({ kind: "whereabouts", text: said = text });
  }, TELL);

  const train = async ({ n, job, images: hash }: Asked & { readonly kind: "train" }) => {
    let stopped = false;
    stops.set(n, () => stopped = true);
    try {
      const table = images.get(hash);
      if (table === undefined) throw new RangeError(`Cannot train: the images ${hash.slice(0, 12)} were not sent`);
      const outcome = await remote.run({ job, images: table }, {
        onProgress: (epochs, last) => void say({ kind: "progress", n, epochs, last }),
        stop: { stopRequested: () => stopped || gone, [Symbol.dispose]() {} },
      });
      await say({ kind: "trained", n }, packOutcome(outcome));
    } catch (error) {
      const { name, message } = error as Error;
      await say({ kind: "failed", n, name, message });
    } finally {
      stops.delete(n);
    }
  };

  try {
    for await (const { header, body } of frames) {
      const asked = header as Asked;
      if (asked.kind === "hello") {
        if (asked.token !== token) return;
        known = true;
        await say({ kind: "welcome", queue });
      } else if (!known) return;
      else if (asked.kind === "images") images.set(asked.hash, { hash: asked.hash, bytes: body });
      else if (asked.kind === "train") train(asked);
      else if (asked.kind === "stop") stops.get(asked.n)?.();
    }
  } finally {
    gone = true;
    clearInterval(tell);
    frames.close();
  }
}
