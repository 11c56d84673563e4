/** What can be decoded. */
export type ImageFormat = "jpeg" | "png" | "webp" | "gif" | "avif" | "tiff";

/** Image formats that people have and that cannot be decoded here, with what to do about it. */
const unsupported: Record<string, (name: string) => string> = {
  heic: (name) => `convert it with \`heif-convert ${name} ${withExtension(name, "jpg")}\``,
  bmp: (name) => `convert it with \`magick ${name} ${withExtension(name, "png")}\``,
  svg: (name) => `convert it with \`rsvg-convert ${name} -o ${withExtension(name, "png")}\``,
};

const supportedExtensions = /\.(jpe?g|jpe|jfif|png|webp|gif|avif|tiff?)$/i;
const unsupportedExtensions =
  /\.(heic|heif|hif|bmp|dib|svgz?|ico|psd|jp2|j2k|jxl|cr2|cr3|nef|arw|dng|raf|orf|tga|exr|hdr|pcx)$/i;

/** Whether a file's name promises an image, readable here or not. */
export function namedLikeAnImage(name: string): boolean {
  return supportedExtensions.test(name) || unsupportedExtensions.test(name);
}

/**
 * What a file is, by its first bytes; 64 are enough. "heic", "bmp", "svg", … for images that cannot be decoded here,
 * null for what is no image.
 */
export function sniff(bytes: Uint8Array): ImageFormat | "heic" | "bmp" | "svg" | "psd" | "jp2" | "jxl" | "ico" | null {
  const text = String.fromCharCode(...bytes.subarray(0, 64)); // one character per byte
  if (text.startsWith("\xff\xd8\xff")) return "jpeg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "webp";
  if (/^GIF8[79]a/.test(text)) return "gif";
  if (/^(II[*+]\0|MM\0[*+])/.test(text)) return "tiff";
  if (text.slice(4, 8) === "ftyp") {
    // The major brand, then compatible ones: "mif1" alone says nothing of the codec.
    const brands = text.slice(8, Math.min(64, bytes[3] || 64));
    if (/avi[fs]/.test(brands)) return "avif";
    if (/hei[cxms]|hev[cxms]|mif1|msf1/.test(brands)) return "heic";
    return null;
  }
  // "BM" alone begins many a text; a bitmap's header has zeros in its reserved field.
  if (text.startsWith("BM") && bytes.length > 14 && bytes.subarray(6, 10).every((byte) => byte === 0)) return "bmp";
  if (/^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*-->\s*)?<svg[\s>]/s.test(text)) return "svg";
  if (text.startsWith("8BPS")) return "psd";
  if (text.slice(4, 12) === "jP  \r\n\x87\n") return "jp2";
  if (text.startsWith("\xff\x0a") || text.slice(4, 12) === "JXL \r\n\x87\n") return "jxl";
  if (text.startsWith("\0\0\x01\0")) return "ico";
  return null;
}

/** Why a file cannot be decoded, by its content and its name; null when its format is supported. */
export function rejection(bytes: Uint8Array, name: string): { reason: string; remedy: string } | null {
  if (bytes.length === 0) return { reason: "empty file", remedy: "copy it again from its source, or delete it" };
  const format = sniff(bytes);
  if (format && supportedExtensions.test(`.${format}`)) return null;
  const kind = format ?? /\.([a-z0-9]+)$/i.exec(unsupportedExtensions.test(name) ? name : "")?.[1].toLowerCase();
  if (kind) {
    const family = kind === "heif" || kind === "hif" ? "heic" : kind === "dib" ? "bmp" : kind === "svgz" ? "svg" : kind;
    const remedy = unsupported[family]?.(quoted(name)) ?? "convert it to JPEG or PNG";
    return { reason: `${family.toUpperCase()} is not supported`, remedy };
  }
  const remedy = "delete it, or put the image it stands for in its place";
  if (looksLikeText(bytes)) return { reason: "a text, not an image", remedy };
  return { reason: "not an image of a known format", remedy };
}

/** Whether the end of a file that cannot be decoded is missing; unknown, so false, for AVIF and TIFF. */
export function isCutOff(bytes: Uint8Array, format: string): boolean {
  const end = String.fromCharCode(...bytes.subarray(-1024));
  if (format === "png") return !end.includes("IEND");
  if (format === "jpeg") return !end.includes("\xff\xd9");
  if (format === "gif") return !/;\0*$/.test(end);
  if (format === "webp") return new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true) + 8 > bytes.length;
  return false;
}

function looksLikeText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 512).every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13);
}

function withExtension(name: string, extension: string): string {
  const renamed = name.replace(/\.[^.']*('?)$/, `.${extension}$1`);
  return renamed === name ? `${name}.${extension}` : renamed;
}

/** For a command line that a person may paste: single quotes unless the name is plain. */
function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
