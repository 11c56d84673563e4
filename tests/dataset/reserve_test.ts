import assert from "node:assert/strict";
import { join } from "node:path";
import { open, sampleReserve, withReserve } from "../../lib/dataset/mod.ts";
import { imageFolder, inTempFolder } from "../_fixtures.ts";

Deno.test("the sample's reserve holds styles of known emoji and unused emoji, none of them of the test set", () =>
  inTempFolder(async (folder) => {
    const cache = Deno.env.get("PLATEAU_CACHE")!;
    const images = await open("", { size: 16 });
    const reserve = (await sampleReserve(images))!;
    const sealed = new Set(images.records.filter(({ part }) => part === "test").map(({ group }) => group));
    const trained = new Set(images.records.filter(({ part }) => part === "train").map(({ group }) => group));
    assert.ok(reserve.length > 1700, `${reserve.length}`);
    assert.ok(reserve.every(({ group }) => !sealed.has(group)));
    assert.ok(reserve.every(({ group, known }) => trained.has(group) === known));
    assert.ok(reserve.filter(({ known }) => known).length > 1000 && reserve.filter(({ known }) => !known).length > 500);

    const chosen = [reserve[0], reserve.find(({ known }) => !known)!];
    const drawn: string[] = [];
    const { images: more, added } = await withReserve(images, chosen, (done, of) => drawn.push(`${done} of ${of}`));
    assert.deepEqual(drawn, ["1 of 2", "2 of 2"]);
    assert.deepEqual(added, [1100, 1101]);
    assert.deepEqual(more.records.slice(0, 1100), images.records);
    assert.deepEqual(more.development, [...images.development, ...added]);
    assert.equal(more.test.n, images.test.n);
    assert.deepEqual([...more.labels(added)], chosen.map(({ label }) => label));
    assert.equal((await more.pixels(added)).length, 2 * 16 * 16 * 3);
    await assert.rejects(
      async () => await more.pixels(images.records.flatMap(({ part }, i) => part === "test" ? [i] : [])),
      /sealed/,
    );

    // Drawn once; the sample itself is what it was.
    const again = await withReserve(images, chosen, () => assert.fail("drawn twice"));
    assert.equal(again.images.fingerprint, more.fingerprint);
    assert.equal((await open("", { size: 16 })).fingerprint, images.fingerprint);
    await assert.rejects(withReserve(images, [{ ...chosen[0], path: "../x.png" }]), /not in its reserve/);

    const own = await open(await imageFolder(join(folder, "own"), { a: 4, b: 4 }), { size: 16 });
    assert.equal(await sampleReserve(own), null);
    await assert.rejects(withReserve(own, chosen), /Cannot add a reserve to "own": only the sample/);
    assert.ok(cache.startsWith(folder));
  }));
