import { Buffer } from "node:buffer";

/**
 * An image without what else its file says (EXIF with place and camera, comments, XMP): base64 in, base64 out. JPEG, PNG
 * and WebP; others, and what is none of them, are returned as they are.
 */
export function withoutMetadata(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  const parts = jpegParts(bytes) ?? pngParts(bytes) ?? webpParts(bytes);
  return parts === null ? base64 : Buffer.concat(parts).toString("base64");
}

/** Of the application segments, only JFIF (0), colour profile (2) and Adobe's colour transform (14) change the picture. */
const JPEG_KEPT = [0xe0, 0xe2, 0xee];

function jpegParts(bytes: Buffer): Buffer[] | null {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null;
  const parts = [bytes.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    if (marker === 0xda) break; // the picture itself: no segments follow that are to be searched
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    const isApplication = marker >= 0xe0 && marker <= 0xef;
    const isComment = marker === 0xfe;
    if (!isComment && (!isApplication || JPEG_KEPT.includes(marker))) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return [...parts, bytes.subarray(at)];
}

const PNG_SIGNATURE = "89504e470d0a1a0a";
const PNG_DROPPED = ["eXIf", "tEXt", "zTXt", "iTXt", "tIME"];

function pngParts(bytes: Buffer): Buffer[] | null {
  if (bytes.subarray(0, 8).toString("hex") !== PNG_SIGNATURE) return null;
  const parts = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + bytes.readUInt32BE(at);
    if (!PNG_DROPPED.includes(bytes.toString("latin1", at + 4, at + 8))) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return parts;
}

/** Bits of the VP8X header that announce EXIF and XMP. */
const WEBP_ANNOUNCED = 0b1100;

function webpParts(bytes: Buffer): Buffer[] | null {
  if (bytes.toString("latin1", 0, 4) !== "RIFF" || bytes.toString("latin1", 8, 12) !== "WEBP") return null;
  const chunks: Buffer[] = [];
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = bytes.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    const name = bytes.toString("latin1", at, at + 4);
    const chunk = Buffer.from(bytes.subarray(at, end));
    if (name === "VP8X") chunk[8] &= ~WEBP_ANNOUNCED;
    if (name !== "EXIF" && name !== "XMP ") chunks.push(chunk);
    at = end;
  }
  const header = Buffer.from(bytes.subarray(0, 12));
  header.writeUInt32LE(4 + chunks.reduce((sum, chunk) => sum + chunk.length, 0), 4);
  return [header, ...chunks];
}
