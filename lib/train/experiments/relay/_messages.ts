import type { Job } from "../job.ts";
import type { TaskHooks } from "../runner.ts";

/** What whoever trains asks of the relay. `n` is the asker's number for a task. */
export type Asked =
  | { readonly kind: "hello"; readonly token: string }
  /** Its body: a packed table. Sent once, before the first task that needs it. */
  | { readonly kind: "images"; readonly hash: string }
  | { readonly kind: "train"; readonly n: number; readonly job: Job; readonly images: string }
  | { readonly kind: "stop"; readonly n: number };

/** What the relay says. */
export type Told =
  | { readonly kind: "welcome"; readonly queue: QueueFacts }
  | { readonly kind: "whereabouts"; readonly text: string }
  | {
    readonly kind: "progress";
    readonly n: number;
    readonly epochs: number;
    readonly last: Parameters<TaskHooks["onProgress"]>[1];
  }
  /** Its body: the packed outcome. */
  | { readonly kind: "trained"; readonly n: number }
  | { readonly kind: "failed"; readonly n: number; readonly name: string; readonly message: string };

/** What can be said of the queue behind a relay. */
export interface QueueFacts {
  /** "redis://host:6379", without name and password. */
  readonly shown: string;
  /** Whether machines with any engine may take its experiments. */
  readonly mixedEngines: boolean;
  readonly atOnce: number;
}
