import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { audit, type Dataset, open } from "../../lib/dataset/mod.ts";
import { baselines, compare, dataAudit, splitLeakage } from "../../lib/diagnose/mod.ts";
import { projectRoot } from "../../lib/files/mod.ts";
import { Random } from "../../lib/stats/mod.ts";

const quiet = { onProgress: () => {} };

/** Runs `use` with a folder for images and a cache of its own, and takes both away. */
async function withFolder(use: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  const before = Deno.env.get("PLATEAU_CACHE");
  Deno.env.set("PLATEAU_CACHE", join(folder, "cache"));
  try {
    await use(join(folder, "images"));
  } finally {
    if (before === undefined) Deno.env.delete("PLATEAU_CACHE");
    else Deno.env.set("PLATEAU_CACHE", before);
    await Deno.remove(folder, { recursive: true });
  }
}

/** A picture of noise around one grey, as PNG. */
function noise(seed: string, size = 80): Promise<Uint8Array> {
  const random = new Random(seed);
  const raw = Uint8Array.from({ length: size * size * 3 }, () => random.integer(256));
  return sharp(raw, { raw: { width: size, height: size, channels: 3 } }).png().toBuffer();
}

async function write(path: string, content: Uint8Array | string) {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
}

Deno.test("dataAudit() of a folder names a file that is no image, a picture with two labels and a small one", () =>
  withFolder(async (folder) => {
    for (const name of ["cat", "dog"]) {
      for (let i = 0; i < 25; i++) await write(join(folder, name, `${i}.png`), await noise(`${name}${i}`));
    }
    await write(join(folder, "dog", "copy.png"), await noise("cat3"));
    await write(join(folder, "cat", "note.jpg"), "not an image");
    await write(join(folder, "cat", "tiny.png"), await noise("tiny", 12));
    const dataset = await open(folder, quiet);
    const { findings } = await dataAudit(dataset);
    const sentence = (code: string) => findings.find((finding) => finding.code === code)?.sentence ?? code;
    assert.match(sentence("unreadable-files"), /cat\/note\.jpg/);
    assert.match(sentence("duplicates-across-classes"), /cat\/3\.png and dog\/copy\.png/);
    assert.match(sentence("images-smaller-than-working-size"), /cat\/tiny\.png \(12×12\)/);
    assert.ok(findings.some(({ code }) => code === "groups-unknown"));
    assert.deepEqual((await dataAudit(await audit(dataset))).findings, findings);
  }));

Deno.test("baselines() and splitLeakage() work on a folder with groups, and leave the sealed images alone", () =>
  withFolder(async (folder) => {
    const rows = ["file_name,group"];
    for (const name of ["cat", "dog"]) {
      for (let i = 0; i < 60; i++) {
        // Three copies of each picture, told apart by a byte that PNG ignores, so that files differ.
        const picture = new Uint8Array([...await noise(`${name}${Math.floor(i / 3)}`), i]);
        await write(join(folder, name, `${i}.png`), picture);
        rows.push(`${name}/${i}.png,${name}${Math.floor(i / 3)}`);
      }
    }
    await write(join(folder, "groups.csv"), rows.join("\n"));
    const dataset = await open(folder, quiet);
    const all = await baselines(dataset, dataset.folds(4, { by: "group", seed: 1 }), quiet);
    assert.deepEqual(all.best.images, dataset.development);
    assert.ok(all.best.accuracy.groups! <= 40);
    const leakage = await splitLeakage(dataset, { folds: 4, ...quiet });
    assert.equal(leakage.findings.findings[0].code, "group-leakage");
    assert.deepEqual(dataset.test.ledger(), []);
  }));

const shared = join(dirname(projectRoot()), "shared", "datasets");
for (const [name, reference] of [["clothing10", 0.36], ["sign_digits", 0.65]] as const) {
  const folder = join(shared, name);
  const missing = !existsSync(folder);
  Deno.test({
    name: `the nearest neighbour on ${name} gets about ${reference}${missing ? ` (skipped: no ${name} here)` : ""}`,
    ignore: missing,
    fn: () =>
      withFolder(async () => {
        const dataset: Dataset = await open(folder, { ...quiet, testShare: 0.2 });
        const all = await baselines(dataset, dataset.folds(5, { by: "image", seed: 1 }), quiet);
        const { accuracy } = all.get("nearest-neighbour");
        assert.ok(Math.abs(accuracy.estimate - reference) < 0.06, `${accuracy.estimate}`);
        assert.ok(all.get("colour-histogram").accuracy.low > all.chance);
        assert.ok(compare(all.get("uniform"), all.get("nearest-neighbour"), dataset).told);
        assert.equal(accuracy.n, dataset.development.length);
      }),
  });
}
