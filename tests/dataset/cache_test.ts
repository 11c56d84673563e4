import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { open } from "../../lib/dataset/mod.ts";
import { PixelCache } from "../../lib/dataset/_pixel_cache.ts";
import { imageFolder, inTempFolder, picture, write } from "../_fixtures.ts";

/** Names and sizes of the packs in the pixel cache. */
async function packs(folder: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const { name } of Deno.readDir(join(folder, ".cache/pixels"))) {
    if (name.startsWith("pack-")) found.set(name, (await Deno.stat(join(folder, ".cache/pixels", name))).size);
  }
  return found;
}

Deno.test("opening again decodes nothing and gives identical pixels", () =>
  inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 20, b: 20 });
    const first = await open(root, { size: 16 });
    const pixels = await first.pixels(first.development);
    const before = await packs(folder);
    assert.deepEqual([...before.values()], [40 * 16 * 16 * 3]);
    // Decoding would need the content: a file of the same size and time stamp that cannot be decoded proves it isn't read.
    const second = await open(root, { size: 16 });
    assert.deepEqual(await second.pixels(second.development), pixels);
    assert.deepEqual(await packs(folder), before);
    assert.deepEqual(second.records, first.records);
  }));

Deno.test("pixels that are not to be kept are the same, take no room, and come from the cache where they are there", () =>
  inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 6, b: 6 });
    const images = await open(root, { size: 8 });
    const before = await packs(folder);
    const once = await images.pixels(images.development, { size: 24, keep: false });
    assert.deepEqual(await packs(folder), before);
    const reversed = await images.pixels(images.development.toReversed(), { size: 24, keep: false });
    assert.deepEqual(reversed.subarray(-24 * 24 * 3), once.subarray(0, 24 * 24 * 3));
    assert.deepEqual(await images.pixels(images.development, { size: 24 }), once);
    // Now they are in the cache: the files are not needed any more, and where they are, must be what they were.
    await Deno.writeFile(join(root, images.records[images.development[0]].path), await picture({ seed: "other" }));
    assert.deepEqual(await images.pixels(images.development, { size: 24, keep: false }), once);
    await assert.rejects(images.pixels(images.development, { size: 12, keep: false }), /has changed since/);
  }));

Deno.test("a file that has not changed for a while is not even read again", () =>
  inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 4, b: 4 });
    const old = new Date(Date.now() - 60_000);
    const file = join(root, "a/0.png");
    await Deno.utime(file, old, old);
    const { records } = await open(root, { size: 8 });
    const { size } = await Deno.stat(file);
    await Deno.writeFile(file, new Uint8Array(size));
    await Deno.utime(file, old, old);
    assert.deepEqual((await open(root, { size: 8 })).records, records);
    // With another time stamp the change is seen.
    await Deno.utime(file, new Date(), new Date());
    assert.equal((await open(root, { size: 8 })).skipped.length, 1);
  }));

Deno.test("a changed image of the same name is decoded anew", () =>
  inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 8, b: 8 });
    const before = await open(root, { size: 8 });
    const i = before.development[0];
    await write(join(root, before.records[i].path), await picture({ seed: "changed" }));
    const after = await open(root, { size: 8 });
    assert.notEqual(after.records[i].hash, before.records[i].hash);
    assert.notDeepEqual(await after.pixels([i]), await before.pixels([i]));
  }));

Deno.test("pixels() gives another size on demand, and says when the file has changed meanwhile", () =>
  inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 8, b: 8 });
    const images = await open(root, { size: 8 });
    const [i, j] = images.development;
    assert.equal((await images.pixels([i], { size: 32 })).length, 32 * 32 * 3);
    await write(join(root, images.records[j].path), await picture({ seed: "changed" }));
    assert.equal((await images.pixels([i], { size: 32 })).length, 32 * 32 * 3);
    await assert.rejects(images.pixels([j], { size: 32 }), /it has changed since the data set was opened/);
  }));

Deno.test("pixels() keeps the order asked for, repetitions included", () =>
  inTempFolder(async (folder) => {
    const images = await open(await imageFolder(folder, { a: 8, b: 8 }), { size: 8 });
    const [i, j, k] = images.development;
    const each = await Promise.all([k, i, i, j].map((index) => images.pixels([index])));
    assert.deepEqual(await images.pixels([k, i, i, j]), Uint8Array.from(each.flatMap((one) => [...one])));
    assert.equal((await images.pixels([])).length, 0);
  }));

Deno.test("a pack that was removed or cut is made again", () =>
  inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 8, b: 8 });
    const images = await open(root, { size: 16 });
    const pixels = await images.pixels(images.development);
    for (const damage of [(file: string) => Deno.truncate(file, 1000), (file: string) => Deno.remove(file)]) {
      for (const name of (await packs(folder)).keys()) await damage(join(folder, ".cache/pixels", name));
      const again = await open(root, { size: 16 });
      assert.deepEqual(await again.pixels(again.development), pixels);
    }
  }));

Deno.test("an index that is no database is made again, and packs nobody points to are swept after an hour", () =>
  inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 8, b: 8 });
    await open(root, { size: 8 });
    await write(join(folder, ".cache/pixels/index.sqlite"), "this is not a database, it is a text of some length");
    const images = await open(root, { size: 8 });
    assert.equal((await images.pixels(images.development)).length, images.development.length * 8 * 8 * 3);
    const left = join(folder, ".cache/pixels/pack-1-dead.bin");
    const fresh = join(folder, ".cache/pixels/pack-1-alive.bin");
    await write(left, "half an image");
    await write(fresh, "half an image");
    await Deno.utime(left, new Date(0), new Date(0));
    await images.pixels(images.development);
    await assert.rejects(Deno.stat(left), Deno.errors.NotFound);
    await Deno.stat(fresh);
  }));

Deno.test("decoded pixels go to disk as they come: no more than a few megabytes wait in memory", () =>
  inTempFolder(async (folder) => {
    const cache = new PixelCache(join(folder, "pixels"));
    const size = 512; // 768 KiB an image
    for (let i = 1; i <= 24; i++) {
      const pixels = new Uint8Array(size * size * 3).fill(i);
      await cache.add({ kind: "pixels", hash: `h${i}`, size, digest: `d${i}`, pixels });
      let onDisk = 0;
      for await (const { name } of Deno.readDir(cache.folder)) {
        if (name.startsWith("pack-")) onDisk += (await Deno.stat(join(cache.folder, name))).size;
      }
      assert.ok(i * pixels.length - onDisk <= 5 << 20, `${i * pixels.length - onDisk} bytes wait after ${i} images`);
    }
    await cache.flush();
    const read = await cache.read(["h24", "h1", "h13"], size);
    const length = size * size * 3;
    assert.deepEqual([0, 1, 2].map((i) => read[i * length + length - 1]), [24, 1, 13]);
    await cache.close();
  }));

Deno.test("a cache that cannot be written gives one error that names it and the way out", () =>
  inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 8, b: 8 });
    await write(join(folder, "file"), "x");
    Deno.env.set("PLATEAU_CACHE", join(folder, "file"));
    await assert.rejects(open(root, { size: 8 }), (error: Error) => {
      assert.equal(error.name, "FileError");
      assert.match(error.message, /Cannot write the pixel cache ".*file.pixels.index\.sqlite": .*PLATEAU_CACHE/);
      return true;
    });
  }));

Deno.test("several processes fill the cache at once", () =>
  inTempFolder(async (folder) => {
    const root = await imageFolder(join(folder, "data"), { a: 60, b: 60 });
    const script = join(folder, "open.ts");
    const mod = new URL("../../lib/dataset/mod.ts", import.meta.url).href;
    await write(
      script,
      `import { open } from ${JSON.stringify(mod)};
       import { createHash } from "node:crypto";
       const images = await open(${JSON.stringify(root)}, { size: 32 });
       console.log(createHash("sha256").update(await images.pixels(images.development)).digest("hex"));`,
    );
    const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
    const run = () =>
      new Deno.Command("deno", {
        args: ["run", "-q", "-A", "--no-check", "--config", config, script],
        env: { PLATEAU_CACHE: join(folder, ".cache") },
      }).output();
    const results = await Promise.all([run(), run(), run()]);
    const printed = results.map(({ stdout, stderr }) =>
      new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr).slice(0, 500)
    );
    assert.match(printed[0], /^[0-9a-f]{64}\n$/);
    assert.deepEqual(printed, [printed[0], printed[0], printed[0]]);
  }));
