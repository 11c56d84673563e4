import sharp from "sharp";
import { isCutOff, sniff } from "./_format.ts";

// Each file is decoded once: sharp's cache of recent operations would only hold memory.
sharp.cache(false);

/** Changes whenever decoded pixels may differ, so that old cache entries are not taken for new ones. */
export const decoder = `1/sharp ${sharp.versions.sharp}/vips ${sharp.versions.vips}`;

export interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly format: string;
  /** RGB bytes, [size, size, 3]. */
  readonly pixels: Uint8Array;
}

/** sharp's own limit, against files made to fill the memory. */
const PIXEL_LIMIT = 0x3fff * 0x3fff;

/** A file of a known format that cannot be decoded. */
export interface Undecodable {
  readonly reason: string;
}

/**
 * Decodes an image file to size x size RGB bytes.
 *
 * The first frame; EXIF orientation applied; transparency laid on white; grey, CMYK and 16 bits turned into 8-bit sRGB.
 * Scaled so that the shorter side fits and the longer side is cut evenly at both ends ("cover"): nothing is distorted
 * and no border is added that a model could learn from. What lies at the far ends of long images is lost, which is what
 * the audit's odd aspect ratios are about.
 */
export async function decode(bytes: Uint8Array, size: number): Promise<Decoded | Undecodable> {
  const format = sniff(bytes) ?? "image";
  try {
    const { width, height } = (await open(bytes).metadata()).autoOrient;
    if (width * height > PIXEL_LIMIT) return { reason: `${nameOf(format)} of more than 268 megapixels` };
    const { data, info } = await square(bytes, size).raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels instead of 3`);
    return { width, height, format, pixels: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  } catch {
    // libvips gathers its messages in one place for all threads: where several images fail at once they are mixed up.
    return { reason: `${isCutOff(bytes, format) ? "truncated" : "damaged"} ${nameOf(format)}` };
  }
}

/** The same in the picture's own size, RGB bytes [height, width, 3]. */
export async function decodeWhole(bytes: Uint8Array): Promise<Decoded | Undecodable> {
  const format = sniff(bytes) ?? "image";
  try {
    const { data, info } = await upright(bytes).raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels instead of 3`);
    const { width, height } = info;
    return { width, height, format, pixels: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  } catch {
    return { reason: `${isCutOff(bytes, format) ? "truncated" : "damaged"} ${nameOf(format)}` };
  }
}

/** A small JPEG of an image file, px x px, without metadata. */
export async function decodeThumbnail(bytes: Uint8Array, px: number): Promise<Uint8Array> {
  return new Uint8Array(await square(bytes, px).jpeg({ quality: 80 }).toBuffer());
}

function open(bytes: Uint8Array) {
  // "error" refuses truncated files, and lets pass what cameras and editors get slightly wrong.
  return sharp(bytes, { failOn: "error" });
}

function square(bytes: Uint8Array, size: number) {
  return upright(bytes).resize(size, size, { fit: "cover", position: "centre" });
}

function upright(bytes: Uint8Array) {
  return open(bytes).autoOrient().flatten({ background: "#ffffff" }).toColourspace("srgb");
}

function nameOf(format: string): string {
  return format === "webp" ? "WebP" : format.toUpperCase();
}

/** What to do about an {@link Undecodable}. */
export function remedyFor(reason: string): string {
  return reason.includes("megapixels")
    ? "scale it down before using it"
    : "copy it again from its source, or delete it";
}
