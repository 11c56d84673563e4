import * as z from "zod";
import type { PortableModel } from "../../../model/mod.ts";
import type { TrainingConfig } from "../../types.ts";
import { trainingConfig } from "../../config.ts";
import type { Job } from "../job.ts";

/** What lies in the queue: a job whose model is data, and where its images are. */
export interface Envelope {
  readonly protocol: 1;
  readonly job: Job & { readonly model: TravellingModel };
  /** Hash of the packed table of images. */
  readonly images: string;
  /** Which images of the data set these are, as ranges that include both ends. */
  readonly rows: readonly (readonly [number, number])[];
}

/** A model of this library or plain layers. A person's file stays where it is: a job never carries code. */
export type TravellingModel = Extract<PortableModel, { readonly from: "library" | "layers" }>;

/** More would be no images that anybody has. */
const MOST_RANGES = 10_000_000;

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Count = z.number().int().positive();
const Indices = z.array(z.number().int().nonnegative());

const Model = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("library"), name: z.string(), config: z.record(z.string(), z.unknown()) }),
  z.strictObject({
    from: z.literal("layers"),
    name: z.string(),
    config: z.record(z.string(), z.unknown()),
    sequential: z.unknown(),
  }),
]);

const Schema = z.strictObject({
  protocol: z.literal(1),
  job: z.strictObject({
    id: Hash,
    model: Model,
    // What may be in it, `trainingConfig` says; that it is known here, the version of the code.
    config: z.looseObject({ epochs: Count, batchSize: Count, seed: z.number() }),
    images: z.strictObject({ fingerprint: Hash, size: Count, classes: Count }),
    parts: z.strictObject({ training: Indices, validation: Indices, watched: Indices, inner: Indices }),
    engine: z.strictObject({
      name: z.string(),
      threads: Count.optional(),
      layout: z.string().optional(),
      label: z.string(),
    }),
  }),
  images: Hash,
  rows: z.array(z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()])).max(MOST_RANGES),
});

/** Whether the job can be described to another machine. */
export function canTravel(job: Job): job is Envelope["job"] {
  return job.model !== null && job.model.from !== "file";
}

/**
 * What a queue gave, checked.
 *
 * @param name The job's name in the queue, which must be that of its experiment.
 * @throws RangeError naming the first thing that is wrong.
 */
export function parseEnvelope(data: unknown, name: string | undefined): Envelope {
  const { success, data: envelope, error } = Schema.safeParse(data);
  if (!success) {
    const { path, message } = error.issues[0];
    throw new RangeError(`Cannot take a malformed job: ${path.length === 0 ? "it" : path.join(".")}: ${message}`);
  }
  if (envelope.job.id !== name) {
    throw new RangeError("Cannot take a malformed job: its name in the queue must be the hash of its experiment");
  }
  trainingConfig(envelope.job.config as Partial<TrainingConfig>);
  return envelope as unknown as Envelope;
}
