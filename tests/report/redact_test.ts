import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { dataRoot, redact, redactAll } from "../../lib/report/mod.ts";
import { withoutMetadata } from "../../lib/report/metadata.ts";
import sharp from "sharp";

const ROOTS = [
  { path: "/srv/ana", name: "~" },
  { path: "/srv/ana/plateau", name: "." },
  dataRoot("/mnt/disk 1/birds/"),
];

Deno.test("redact() names files below what they belong to, the deepest folder first", () => {
  assert.equal(redact("at file:///srv/ana/plateau/lib/mod.ts:3:1", ROOTS), "at ./lib/mod.ts:3:1");
  assert.equal(redact("/srv/ana/notes.txt", ROOTS), "~/notes.txt");
  assert.equal(redact('open "/mnt/disk 1/birds/owl/1.jpg"', ROOTS), 'open "birds/owl/1.jpg"');
  assert.equal(redact("file:///mnt/disk%201/birds/owl/1.jpg", ROOTS), "birds/owl/1.jpg");
  assert.equal(redact("/srv/ana/plateau", ROOTS), ".");
});

Deno.test("redact() does not take a longer name for the folder", () => {
  assert.equal(
    redact("/srv/ana/plateau2/x and /data/srv/ana/x", [{ path: "/srv/ana/plateau", name: "." }]),
    "…/x and /data/srv/ana/x",
  );
});

Deno.test("redact() cuts absolute paths that lie in no known folder to their last part", () => {
  assert.equal(
    redact("at file:///opt/deno/ext/core.js:1:2 and /usr/lib/libc.so.6", ROOTS),
    "at …/core.js:1:2 and …/libc.so.6",
  );
  assert.equal(redact("and/or, 1/2, </var>, train/home/x.png", ROOTS), "and/or, 1/2, </var>, train/home/x.png");
});

Deno.test("redact() finds Windows paths, also within JSON", () => {
  const roots = [{ path: "C:\\Users\\ana\\birds", name: "birds" }];
  assert.equal(redact("C:\\Users\\ana\\birds\\owl\\1.jpg", roots), "birds\\owl\\1.jpg");
  assert.equal(redact('data = "C:\\\\Users\\\\ana\\\\birds";', roots), 'data = "birds";');
});

Deno.test("redact() takes names with a dollar sign literally", () => {
  assert.equal(redact("/mnt/$& x/a", [dataRoot("/mnt/$& x")]), "$& x/a");
});

Deno.test("redactAll() reaches every text of a value, keys too, and leaves base64 alone", () => {
  assert.deepEqual(
    redactAll({ a: ["/srv/ana/x"], "/srv/ana": { n: 1, t: null }, "image/png": "/srv/ana" }, ROOTS),
    { a: ["~/x"], "~": { n: 1, t: null }, "image/png": "/srv/ana" } as never,
  );
});

for (const format of ["jpeg", "png", "webp"] as const) {
  Deno.test(`withoutMetadata() takes the EXIF out of a ${format} and leaves the picture`, async () => {
    const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: "teal" } })
      .withExif({ IFD0: { Copyright: "secret place" } }).toFormat(format).toBuffer();
    assert.ok((await sharp(bytes).metadata()).exif !== undefined);
    const clean = Buffer.from(withoutMetadata(bytes.toString("base64")), "base64");
    assert.equal((await sharp(clean).metadata()).exif, undefined);
    assert.ok(!clean.includes("secret place"));
    assert.deepEqual(await sharp(clean).raw().toBuffer(), await sharp(bytes).raw().toBuffer());
  });
}

Deno.test("withoutMetadata() returns what it does not know as it is", () => {
  const base64 = Buffer.from("GIF89a and so on").toString("base64");
  assert.equal(withoutMetadata(base64), base64);
});
