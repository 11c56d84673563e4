import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { audit, open } from "../../lib/dataset/mod.ts";
import { inTempFolder } from "../_fixtures.ts";

// Photo sets for development, beside the project; the project does not need them.
for (const name of ["clothing10", "sign_digits"]) {
  const folder = fileURLToPath(new URL(`../../../shared/datasets/${name}`, import.meta.url));
  const present = await Deno.stat(folder).then(() => true, () => false);
  Deno.test(`open() and audit() take ${name} as it is${present ? "" : " (skipped: the folder is not there)"}`, {
    ignore: !present,
  }, () =>
    inTempFolder(async () => {
      const images = await open(folder, { size: 32 });
      assert.equal(images.classes.length, 10);
      assert.deepEqual([images.records.length, images.test.n], [1200, 240]);
      assert.deepEqual(images.imagesPerClass(), new Array(10).fill(96));
      assert.deepEqual(images.skipped, []);
      const facts = await audit(images);
      assert.deepEqual(facts.formats, [{ format: "jpeg", n: 1200 }]);
      assert.ok(facts.sizes.odd.length > 0);
      const pixels = await images.pixels(images.development);
      const again = await open(folder, { size: 32 });
      assert.equal(again.fingerprint, images.fingerprint);
      assert.deepEqual(await again.pixels(again.development), pixels);
    }));
}
