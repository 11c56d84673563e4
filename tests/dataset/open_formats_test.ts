import assert from "node:assert/strict";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { type Dataset, open } from "../../lib/dataset/mod.ts";
import { imageFolder, inTempFolder, picture, write } from "../_fixtures.ts";

/** The pixels of one image, [size, size, 3]. */
async function pixelsOf(images: Dataset, path: string): Promise<number[]> {
  const index = images.records.findIndex((record) => record.path === path);
  const indices = images.development.includes(index) ? [index] : await images.test.open("verdict", "test");
  const all = await images.pixels(indices);
  const length = images.size ** 2 * 3;
  const at = indices.indexOf(index) * length;
  return Array.from(all.subarray(at, at + length));
}

function close(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs(actual[i] - value) <= tolerance, `${actual} should be near ${expected}`);
  }
}

const plain = (background: string, channels: 3 | 4 = 3) =>
  sharp({ create: { width: 20, height: 20, channels, background } });

for (const format of ["png", "jpeg", "webp", "gif", "avif", "tiff"] as const) {
  Deno.test(`open() reads ${format}, whatever the file is called`, () =>
    inTempFolder(async (folder) => {
      await imageFolder(folder, { a: 3, b: 3 });
      await write(join(folder, "a/image"), await picture({ seed: "x", format }));
      await write(join(folder, "a/wrong.png"), await picture({ seed: "y", format }));
      const images = await open(folder, { size: 8 });
      const found = images.records.filter(({ path }) => /image|wrong/.test(path));
      assert.deepEqual(found.map((record) => [record.path, record.format, record.width, record.height]), [
        ["a/image", format, 40, 30],
        ["a/wrong.png", format, 40, 30],
      ]);
      assert.deepEqual(images.skipped, []);
    }));
}

Deno.test("open() turns images upright as their EXIF orientation says", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 3, b: 3 });
    // Stored 40 wide with a red left half; orientation 6 turns it by 90 degrees, so red comes to the top.
    const half = await sharp({ create: { width: 20, height: 20, channels: 3, background: "#f00" } })
      .extend({ right: 20, background: "#00f" }).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer();
    await write(join(folder, "a/turned.jpg"), new Uint8Array(half));
    const images = await open(folder, { size: 4 });
    const record = images.records.find(({ path }) => path === "a/turned.jpg")!;
    assert.deepEqual([record.width, record.height], [20, 40]);
    const pixels = await pixelsOf(images, "a/turned.jpg");
    close(pixels.slice(0, 3), [254, 0, 0], 30);
    close(pixels.slice(-3), [0, 0, 254], 30);
  }));

Deno.test("open() lays transparency on white", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 3, b: 3 });
    const half = plain("rgba(255, 0, 0, 0.5)", 4);
    await write(join(folder, "a/clear.png"), new Uint8Array(await plain("rgba(0, 0, 0, 0)", 4).png().toBuffer()));
    await write(join(folder, "a/half.png"), new Uint8Array(await half.png().toBuffer()));
    const images = await open(folder, { size: 2 });
    assert.deepEqual(await pixelsOf(images, "a/clear.png"), new Array(12).fill(255));
    close(await pixelsOf(images, "a/half.png"), [255, 127, 127], 2);
  }));

Deno.test("open() turns grey, 16-bit and CMYK images into 8-bit RGB", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 3, b: 3 });
    const files: [string, Sharp, number[], number][] = [
      ["grey.png", plain("#808080").toColourspace("b-w").png(), [128, 128, 128], 1],
      ["grey16.png", plain("#808080").toColourspace("grey16").png(), [128, 128, 128], 1],
      ["rgb16.png", plain("#204060").toColourspace("rgb16").png(), [32, 64, 96], 1],
      ["cmyk.jpg", plain("#ff0000").toColourspace("cmyk").jpeg(), [235, 0, 0], 40],
    ];
    for (const [name, image] of files) await write(join(folder, "a", name), new Uint8Array(await image.toBuffer()));
    const images = await open(folder, { size: 2 });
    assert.deepEqual(images.skipped, []);
    for (const [name, , colour, tolerance] of files) {
      close(await pixelsOf(images, `a/${name}`), [...colour, ...colour], tolerance);
    }
  }));

Deno.test("open() cuts the longer side evenly instead of distorting", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 3, b: 3 });
    const thirds = await plain("#00ff00").extend({ left: 20, right: 20, background: "#ff0000" }).png().toBuffer();
    await write(join(folder, "a/wide.png"), new Uint8Array(thirds));
    const images = await open(folder, { size: 4 });
    const pixels = await pixelsOf(images, "a/wide.png");
    close(pixels.slice(15, 21), [0, 255, 0, 0, 255, 0], 3); // the middle of the second row
  }));

Deno.test("open() leaves out damaged and unsupported files, with reason and remedy", () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 4, b: 4 });
    const big = { seed: "big", width: 300, height: 300 };
    const cut = async (format: "png" | "jpeg" | "webp" | "gif" | "tiff") => {
      const bytes = await picture({ ...big, format });
      return bytes.subarray(0, Math.floor(bytes.length * 0.6));
    };
    const scratched = await picture(big);
    scratched.fill(0, scratched.length / 2, scratched.length / 2 + 20);
    const heic = new Uint8Array([0, 0, 0, 24, ...new TextEncoder().encode("ftypheic\0\0\0\0mif1heic")]);
    const bmp = new Uint8Array(64);
    bmp.set([0x42, 0x4d, 64]);
    const files: Record<string, Uint8Array | string> = {
      "cut.png": await cut("png"),
      "cut.jpg": await cut("jpeg"),
      "cut.webp": await cut("webp"),
      "cut.gif": await cut("gif"),
      "cut.tif": await cut("tiff"),
      "scratched.png": scratched,
      "zero.jpg": new Uint8Array(),
      "text.jpg": "not an image\n",
      "noise.png": new Uint8Array([0, 1, 2, 3, 200, 201]),
      "it's.heic": heic,
      "renamed.jpg": heic,
      "old.bmp": bmp,
      "drawing.svg": '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
      "raw.cr2x.dng": "II",
    };
    for (const [name, content] of Object.entries(files)) await write(join(folder, "a", name), content);
    for (const load of ["first", "second"]) {
      const images = await open(folder, { size: 8 });
      assert.equal(images.records.length, 8, load);
      const reasons = Object.fromEntries(images.skipped.map(({ path, reason }) => [path.slice(2), reason]));
      assert.deepEqual(reasons, {
        "cut.png": "truncated PNG",
        "cut.jpg": "truncated JPEG",
        "cut.webp": "truncated WebP",
        "cut.gif": "truncated GIF",
        "cut.tif": "damaged TIFF",
        "scratched.png": "damaged PNG",
        "zero.jpg": "empty file",
        "text.jpg": "a text, not an image",
        "noise.png": "not an image of a known format",
        "it's.heic": "HEIC is not supported",
        "renamed.jpg": "HEIC is not supported",
        "old.bmp": "BMP is not supported",
        "drawing.svg": "SVG is not supported",
        "raw.cr2x.dng": "DNG is not supported",
      });
      assert.ok(images.skipped.every((file) => file.class === "a" && file.remedy.length > 0));
      const remedy = images.skipped.find(({ path }) => path.endsWith("heic"))!.remedy;
      assert.equal(remedy, "convert it with `heif-convert 'it'\\''s.heic' 'it'\\''s.jpg'`");
    }
  }));

Deno.test("open() leaves out a file it may not read", {
  // For root, every file is readable.
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
}, () =>
  inTempFolder(async (folder) => {
    await imageFolder(folder, { a: 4, b: 4 });
    await Deno.chmod(join(folder, "a/0.png"), 0o000);
    const images = await open(folder, { size: 8 });
    assert.deepEqual(images.skipped.map(({ path, reason }) => [path, reason]), [
      ["a/0.png", "cannot be read: permission denied"],
    ]);
  }));
