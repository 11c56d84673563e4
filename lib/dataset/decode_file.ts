import { basename } from "node:path";
import { decodeWhole } from "./_decode.ts";
import { rejection } from "./_format.ts";
import { DatasetError, reasonOf } from "./errors.ts";

/** A picture as it is in its file. */
export interface DecodedFile {
  /** RGB bytes [height, width, 3]. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Decodes an image file that is in no data set, in its own size and otherwise as images of data sets are: the first
 * frame, turned upright, on white, 8-bit sRGB.
 *
 * @throws DatasetError naming the file, what is wrong with it, and what to do about it.
 */
export async function decodeFile(path: string): Promise<DecodedFile> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw new DatasetError(`Cannot read "${path}": ${reasonOf(error)}`, { cause: error });
  }
  const rejected = rejection(bytes, basename(path));
  if (rejected) throw new DatasetError(`Cannot use "${path}": ${rejected.reason}; ${rejected.remedy}`);
  const decoded = await decodeWhole(bytes);
  if ("reason" in decoded) throw new DatasetError(`Cannot use "${path}": ${decoded.reason}`);
  return decoded;
}
