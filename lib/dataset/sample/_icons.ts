import sharp from "sharp";

/** Pixels a side. */
export const SAMPLE_SIZE = 224;

interface Icon {
  readonly body: string;
  readonly left?: number;
  readonly top?: number;
  readonly width?: number;
  readonly height?: number;
}

/** An icon set as Iconify publishes it; width and height are defaults for its icons. */
interface IconSet {
  readonly icons: Readonly<Record<string, Icon>>;
  readonly aliases?: Readonly<Record<string, { readonly parent: string }>>;
  readonly width?: number;
  readonly height?: number;
}

const json = { with: { type: "json" } } as const;

/** The drawing styles: one icon set each. The specifiers are literal so that they are fetched with everything else. */
const sets: Readonly<Record<string, () => Promise<{ default: unknown }>>> = {
  "twemoji": () => import("@iconify-json/twemoji/icons.json", json),
  "noto": () => import("@iconify-json/noto/icons.json", json),
  "noto-v1": () => import("@iconify-json/noto-v1/icons.json", json),
  "fluent-emoji-flat": () => import("@iconify-json/fluent-emoji-flat/icons.json", json),
  "fxemoji": () => import("@iconify-json/fxemoji/icons.json", json),
  "emojione": () => import("@iconify-json/emojione/icons.json", json),
  "openmoji": () => import("@iconify-json/openmoji/icons.json", json),
};

/** Names of the styles. */
export const styles: readonly string[] = Object.keys(sets);

/** The drawing of an emoji in a style as SVG, or null where the style does not have it. */
export async function iconSvg(style: string, emoji: string): Promise<string | null> {
  const set = (await sets[style]()).default as IconSet;
  const icon = set.icons[emoji] ?? set.icons[set.aliases?.[emoji]?.parent ?? ""];
  if (icon === undefined) return null;
  const box = [icon.left ?? 0, icon.top ?? 0, icon.width ?? set.width ?? 16, icon.height ?? set.height ?? 16];
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `viewBox="${box.join(" ")}" width="${SAMPLE_SIZE}" height="${SAMPLE_SIZE}">${icon.body}</svg>`;
}

/** Draws an emoji on white: RGB bytes [224, 224, 3]. */
export async function drawIcon(style: string, emoji: string): Promise<Uint8Array> {
  const svg = await iconSvg(style, emoji);
  if (svg === null) throw new RangeError(`Cannot draw "${emoji}": the style "${style}" does not have it`);
  const { data } = await sharp(new TextEncoder().encode(svg))
    .resize(SAMPLE_SIZE, SAMPLE_SIZE, { fit: "contain", background: "#ffffff" })
    .flatten({ background: "#ffffff" }).toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** RGB bytes [224, 224, 3] as a PNG file. */
export async function toPng(pixels: Uint8Array): Promise<Uint8Array> {
  const raw = { width: SAMPLE_SIZE, height: SAMPLE_SIZE, channels: 3 } as const;
  return new Uint8Array(await sharp(pixels, { raw }).png().toBuffer());
}
