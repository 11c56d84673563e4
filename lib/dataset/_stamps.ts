import readExif from "exif-reader";
import { stat } from "node:fs/promises";
import sharp from "sharp";

/** When a picture was taken and when its file was last changed. */
export interface FileStamp {
  /** Milliseconds since 1970, as the camera's clock had it; null where the file does not say. */
  readonly taken: number | null;
  /** Milliseconds since 1970; null where the file is gone. */
  readonly changed: number | null;
}

/** Formats that may carry EXIF. PNG may too, but no camera writes it. */
const WITH_EXIF = new Set(["jpeg", "tiff", "webp", "avif"]);

/** Reads the dates of a file. What cannot be read is null: a date is no reason to fail. */
export async function stampOf(file: string, format: string): Promise<FileStamp> {
  const changed = await stat(file).then(({ mtimeMs }) => mtimeMs, () => null);
  return { taken: WITH_EXIF.has(format) ? await takenAt(file) : null, changed };
}

async function takenAt(file: string): Promise<number | null> {
  try {
    const { exif } = await sharp(file).metadata();
    if (exif === undefined) return null;
    const { Photo, Image } = readExif(exif);
    const date = Photo?.DateTimeOriginal ?? Photo?.DateTimeDigitized ?? Image?.DateTime;
    const time = date instanceof Date ? date.getTime() : NaN;
    return Number.isFinite(time) ? time : null;
  } catch {
    return null;
  }
}
