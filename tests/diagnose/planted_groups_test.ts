/**
 * Groups on real photographs, where they lie beside the project: hand signs, of each of which three slightly different
 * shots are planted.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { open, suggestGroups } from "../../lib/dataset/mod.ts";
import { dataAudit, splitLeakage } from "../../lib/diagnose/mod.ts";
import { jupyterDisplay, RECORD_MIME, type ResultRecord } from "../../lib/display/mod.ts";
import { projectRoot } from "../../lib/files/mod.ts";
import { inTempFolder, write } from "../_fixtures.ts";

const source = join(dirname(projectRoot()), "shared", "datasets", "sign_digits");
const missing = !existsSync(source);
const quiet = { onProgress: () => {} };
/** Scenes per class, and shots of each. */
const SCENES = 12;
const SHOTS = 3;

/** Copies some hand signs, each in three shots: closer, brighter, from a little aside. Returns the rows of its groups. */
async function plant(folder: string): Promise<string[]> {
  const rows = ["file_name,group"];
  for (let digit = 0; digit < 10; digit++) {
    const files = [...Deno.readDirSync(join(source, String(digit)))].map(({ name }) => name).sort();
    for (let scene = 0; scene < SCENES; scene++) {
      const file = files[Math.floor(scene * files.length / SCENES)];
      const picture = await sharp(await Deno.readFile(join(source, String(digit), file))).resize(100, 100).png()
        .toBuffer();
      for (let shot = 0; shot < SHOTS; shot++) {
        const bytes = await sharp(picture)
          .extract({ left: 2 * shot, top: shot, width: 100 - 3 * shot, height: 100 - 3 * shot })
          .linear(1 - 0.06 * shot, 0).jpeg({ quality: 90 - 15 * shot }).toBuffer();
        // Names that say nothing.
        const path = `${digit}/${(7919 * (scene * SHOTS + shot) + 31 * digit) % 10007}x.jpg`;
        await write(join(folder, path), new Uint8Array(bytes));
        rows.push(`${path},sign ${digit} scene ${scene}`);
      }
    }
  }
  return rows;
}

Deno.test({
  name: `hand signs: without groups leakage cannot be ruled out, with planted ones the gap is measured${
    missing ? " (skipped: no sign_digits here)" : ""
  }`,
  ignore: missing,
  fn: () =>
    inTempFolder(async (folder) => {
      const images = join(folder, "images");
      const rows = await plant(images);

      const unknown = await open(images, quiet);
      assert.equal((await splitLeakage(unknown, quiet)).findings.findings[0].code, "groups-unknown");
      const { findings } = await dataAudit(unknown);
      const unknownFinding = findings.find(({ code }) => code === "groups-unknown")!;
      assert.match(unknownFinding.sentence, /it cannot be ruled out/);
      assert.match(unknownFinding.remedy, /groups\.csv.*deno task groups --data DIR/);
      const leak = findings.find(({ code }) => code === "near-duplicates-across-splits");
      assert.equal(leak?.severity, "error", "shots of one scene are on both sides of the seal");

      // What is suggested is nearly what was planted.
      const truth = new Map(rows.slice(1).map((row) => row.split(",") as [string, string]));
      const suggested = await suggestGroups(unknown);
      const named = Map.groupBy(suggested.rows, ({ group }) => group);
      const pure = [...named.values()].filter((members) =>
        new Set(members.map(({ path }) => truth.get(path))).size === 1
      );
      assert.ok(pure.length >= 0.9 * named.size, `${pure.length} of ${named.size} suggested groups hold one scene`);
      assert.ok(suggested.rows.length >= 0.7 * unknown.records.length, `${suggested.rows.length} images in groups`);

      await Deno.writeTextFile(join(images, "groups.csv"), rows.join("\n"));
      const known = await open(images, quiet);
      const after = (await dataAudit(known)).findings.map(({ code }) => code);
      assert.ok(after.includes("groups-kept-together"), after.join());
      assert.ok(!after.includes("near-duplicates-across-splits"), "the test set is now drawn by group");
      const leakage = await splitLeakage(known, { folds: 4, seed: 1, ...quiet });
      const row = leakage.rows.find(({ name }) => name === "nearest-neighbour")!;
      assert.ok(row.difference.low > 0.2, `${row.difference.low}`);
      const [finding] = leakage.findings.findings;
      assert.equal(finding.code, "group-leakage");
      assert.match(finding.sentence, /The leak adds \+\d+(\.\d+)?\spoints \[\d+(\.\d+)?, \d+(\.\d+)?\]/);
      const gap = finding.evidence.find(({ id }) => id.endsWith(".difference"))!;
      assert.ok(gap.low! > 0 && gap.high! > gap.value && gap.groups! < gap.n!);
      // The section of the report has the chart and the same numbers.
      const record = (await leakage[jupyterDisplay]())[RECORD_MIME] as ResultRecord;
      assert.equal(record.chart?.id, "split-leakage");
      assert.ok(record.figures!.some(({ id, low, high }) => id === gap.id && low === gap.low && high === gap.high));
    }),
});
