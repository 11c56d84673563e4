import * as z from "zod";
import { sha256 } from "../../_experiment.ts";
import type { ImageTable } from "../job.ts";
import { pack, unpack } from "./_packed.ts";

/** A table of images as bytes, named by their content. */
export interface PackedImages {
  /** SHA-256, hexadecimal. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** Which images a table has. */
export function rowsOf({ bytes }: PackedImages): Int32Array {
  const { header, body } = unpack(bytes);
  return new Int32Array(body.slice(0, Header.parse(header).rows * 4).buffer);
}

const Count = z.number().int().positive();
const Header = z.strictObject({ fingerprint: z.string(), size: Count, classes: Count, rows: Count });

const known = new WeakMap<ImageTable, PackedImages>();

/** The bytes of a table; once for each. */
export function packImages(table: ImageTable): PackedImages {
  let packed = known.get(table);
  if (packed === undefined) {
    const { fingerprint, size, classes, indices, labels, pixels } = table;
    const bytes = pack({ fingerprint, size, classes, rows: indices.length }, [indices, labels, pixels]);
    packed = { hash: sha256(bytes), bytes };
    known.set(table, packed);
  }
  return packed;
}

/**
 * The table of packed images, in memory that threads share.
 *
 * @throws RangeError where they are not what the hash names.
 */
export function unpackImages({ hash, bytes }: PackedImages): ImageTable {
  const found = sha256(bytes);
  if (found !== hash) {
    throw new RangeError(`Cannot use the images ${hash.slice(0, 12)}: their content is that of ${found.slice(0, 12)}`);
  }
  const { header, body } = unpack(bytes);
  const { fingerprint, size, classes, rows } = Header.parse(header);
  const stride = size * size * 3;
  if (body.length !== rows * (8 + stride)) {
    throw new RangeError(`Cannot use the images ${hash.slice(0, 12)}: ${rows} of ${size} pixels need other bytes`);
  }
  const pixels = new Uint8Array(new SharedArrayBuffer(rows * stride));
  pixels.set(body.subarray(rows * 8));
  const numbers = (from: number) => new Int32Array(body.slice(from * rows * 4, (from + 1) * rows * 4).buffer);
  return { fingerprint, size, classes, indices: numbers(0), labels: numbers(1), pixels };
}
