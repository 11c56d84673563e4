import * as z from "zod";
import type { Outcome } from "../job.ts";
import { pack, unpack } from "./_packed.ts";

/** JSON has no NaN; in a history, null can mean nothing else. It is written to the store as null again. */
const Num = z.union([z.number(), z.null().transform(() => NaN)]);
const Count = z.number().int().nonnegative();

export const EpochRow = z.looseObject({
  epoch: Count,
  loss: Num,
  accuracy: Num,
  validationLoss: Num,
  validationAccuracy: Num,
  innerLoss: Num.optional(),
  innerAccuracy: Num.optional(),
  seconds: Num,
});

const Header = z.strictObject({
  detail: z.looseObject({
    history: z.array(EpochRow),
    keptEpoch: Count,
    parameters: Count,
    trainingAccuracy: Num,
    deadUnits: z.array(z.looseObject({ layer: z.string(), share: Num })),
  }),
  /** Values in `probabilities`; the rest are weights. */
  probabilities: Count,
  accuracy: Num,
  seconds: Num,
  fallbacks: z.array(z.strictObject({ kernel: z.string(), calls: Count })).optional(),
  engine: z.string().optional(),
});

export function packOutcome({ probabilities, weights, ...rest }: Outcome): Uint8Array {
  return pack({ ...rest, probabilities: probabilities.length }, [probabilities, weights]);
}

/** @throws RangeError, or an error of the schema, for bytes that are no outcome. */
export function unpackOutcome(bytes: Uint8Array): Outcome {
  const { header, body } = unpack(bytes);
  const { probabilities: count, ...rest } = Header.parse(header);
  if (body.length % 4 !== 0 || count * 4 > body.length) throw new RangeError("Cannot read an outcome: it is cut off");
  const values = new Float32Array(body.slice().buffer);
  return { ...rest, probabilities: values.slice(0, count), weights: values.slice(count) };
}
