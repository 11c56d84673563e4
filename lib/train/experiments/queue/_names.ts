import { sha256 } from "../../_experiment.ts";

/** All keys of ours begin with it. */
export const PREFIX = "plateau";

/** What a machine must be like to take a job. Each kind has a queue of its own, so nobody takes what it must not run. */
export interface Kind {
  /** Of the code: see `codeVersion`. */
  readonly version: string;
  /** As `EngineInfo.label`, of one thread; null where any engine will do. */
  readonly engine: string | null;
  /** As "x86_64": processors round differently. Null where any engine will do. */
  readonly arch: string | null;
}

/** The name of a kind's queue. */
export function queueName({ version, engine, arch }: Kind): string {
  return `experiments-${sha256(JSON.stringify([version, engine, arch])).slice(0, 16)}`;
}

/** Kinds that were asked for, by the name of their queue: fields of a hash. */
export const KINDS = `${PREFIX}:kinds`;

export const keys = {
  /** A hash: the fields "0", "1", … are the parts of a packed table of images. */
  images: (hash: string) => `${PREFIX}:images:${hash}`,
  /** A packed outcome. A machine that lost its job to another has written one of its own. */
  result: (id: string, nonce: string) => `${PREFIX}:result:${id}:${nonce}`,
  /** There while nobody wants a running job any more. */
  stop: (id: string) => `${PREFIX}:stop:${id}`,
  /** There while a machine is. */
  machine: (name: string) => `${PREFIX}:machine:${name}`,
} as const;
