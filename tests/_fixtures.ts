import { dirname, join } from "node:path";
import sharp from "sharp";
import { Random } from "../lib/stats/mod.ts";

/** Runs `body` with a folder of its own, in which the workbench also keeps its caches; nothing is left afterwards. */
export async function inTempFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "plateau-test-" });
  const before = Deno.env.get("PLATEAU_CACHE");
  Deno.env.set("PLATEAU_CACHE", join(folder, ".cache"));
  try {
    await body(folder);
  } finally {
    if (before === undefined) Deno.env.delete("PLATEAU_CACHE");
    else Deno.env.set("PLATEAU_CACHE", before);
    await Deno.remove(folder, { recursive: true });
  }
}

/** How a test image looks. The same seed gives the same picture. */
export interface Picture {
  readonly seed?: number | string;
  readonly width?: number;
  readonly height?: number;
  readonly format?: "png" | "jpeg" | "webp" | "gif" | "avif" | "tiff";
}

/** A few coarse blocks of colour, so that pictures differ and compress. */
export async function picture(
  { seed = 1, width = 40, height = 30, format = "png" }: Picture = {},
): Promise<Uint8Array> {
  const random = new Random(`picture/${seed}`);
  const blocks = Uint8Array.from({ length: 4 * 3 * 3 }, () => random.integer(256));
  const bytes = await sharp(blocks, { raw: { width: 4, height: 3, channels: 3 } })
    .resize(width, height, { fit: "fill", kernel: "nearest" }).toFormat(format, { lossless: true }).toBuffer();
  return new Uint8Array(bytes);
}

/** Writes a file, making folders as needed. */
export async function write(path: string, content: Uint8Array | string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await (typeof content === "string" ? Deno.writeTextFile(path, content) : Deno.writeFile(path, content));
}

/** Writes `n` different pictures `0.png`, `1.png`, … into each folder. Returns `root`. */
export async function imageFolder(root: string, folders: Readonly<Record<string, number>>): Promise<string> {
  for (const [name, n] of Object.entries(folders)) {
    for (let i = 0; i < n; i++) await write(join(root, name, `${i}.png`), await picture({ seed: `${name}/${i}` }));
  }
  return root;
}
