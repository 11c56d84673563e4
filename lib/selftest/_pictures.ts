import sharp from "sharp";
import type { DraftImage } from "./draft.ts";

/** A picture in the works. */
export type Picture = ReturnType<typeof sharp>;

/** Quality of what is compressed anew: high enough not to be a fault by itself. */
const QUALITY = 92;

/**
 * Draws an image anew, upright, in its own format and without metadata.
 *
 * @param change What happens to the picture in between.
 */
export async function redraw(
  image: DraftImage,
  change: (picture: Picture) => Picture | Promise<Picture>,
): Promise<Uint8Array> {
  // In two steps: in one, sharp would let a later rotation replace the one that EXIF asks for.
  const upright = await sharp(image.content).autoOrient().toColourspace("srgb").raw().toBuffer({
    resolveWithObject: true,
  });
  const { width, height, channels } = upright.info;
  const picture = await change(sharp(upright.data, { raw: { width, height, channels } }));
  return new Uint8Array(await encoded(picture, image.extension).toBuffer());
}

function encoded(picture: Picture, extension: string): Picture {
  switch (extension.toLowerCase()) {
    case ".png":
      return picture.png({ compressionLevel: 3 });
    case ".webp":
      return picture.webp({ quality: QUALITY });
    case ".avif":
      return picture.avif({ quality: QUALITY, effort: 0 });
    case ".gif":
      return picture.gif();
    case ".tif":
    case ".tiff":
      return picture.tiff({ quality: QUALITY });
    default:
      return picture.jpeg({ quality: QUALITY });
  }
}
