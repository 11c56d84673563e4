import assert from "node:assert/strict";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { audit, open } from "../../lib/dataset/mod.ts";
import { dataAudit } from "../../lib/diagnose/mod.ts";
import type { FindingRecord } from "../../lib/display/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { inTempFolder } from "../_fixtures.ts";
import { type Painting, type PaintingOptions, paintings, SIDE, turn } from "../_paintings.ts";

/** What is said of a folder of paintings that is spoilt. */
async function audited(folder: string, options: PaintingOptions): Promise<readonly FindingRecord[]> {
  return (await dataAudit(await open(await paintings(folder, options)))).findings;
}

function named(findings: readonly FindingRecord[], code: string): FindingRecord {
  const found = findings.find((finding) => finding.code === code);
  assert.ok(found, `no ${code} among ${findings.map((finding) => finding.code).join(", ")}`);
  return found;
}

for (const seed of [1, 2, 3]) {
  Deno.test(`dataAudit() has nothing to say against clean paintings but that they are few (seed ${seed})`, () =>
    inTempFolder(async (folder) => {
      const findings = await audited(folder, { seed });
      assert.deepEqual(
        findings.filter(({ severity }) => severity !== "good").map(({ code }) => code),
        ["groups-unknown", "few-images-per-class"],
      );
    }));
}

/** A stamp of some pixels in a corner. */
function stamp({ pixels }: Painting, side: number, colour: (x: number, y: number) => readonly number[] | null): void {
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const to = ((SIDE - side + y) * SIDE + SIDE - side + x) * 3;
      colour(x, y)?.forEach((value, c) => pixels[to + c] = value);
    }
  }
}

const STAMPS: Record<string, (painting: Painting) => void> = {
  "a coloured square of 8 pixels": (painting) =>
    stamp(painting, 8, () => [[200, 60, 60], [60, 200, 60], [130, 130, 130]][painting.label]),
  "a small grey pattern": (painting) =>
    stamp(painting, 8, (x, y) => new Random(`${painting.label}/${x}/${y}`).next() < 0.5 ? [90, 90, 90] : null),
};
for (const [name, spoil] of Object.entries(STAMPS)) {
  Deno.test(`dataAudit() finds the corner where ${name} gives the class away`, () =>
    inTempFolder(async (folder) => {
      const finding = named(await audited(folder, { spoil }), "shortcut-region");
      assert.equal(finding.severity, "warning");
      assert.match(finding.sentence, /at the bottom right/);
      assert.match(finding.remedy, /watermark/);
      const [own, rest] = finding.evidence;
      assert.ok(own.low! > 0.8 && rest.high! < own.low!, `${own.value} against ${rest.value}`);
    }));
}

Deno.test("dataAudit() finds a stamp that only one class of three has", () =>
  inTempFolder(async (folder) => {
    const spoil = (painting: Painting) => painting.label === 1 && stamp(painting, 8, () => [250, 250, 30]);
    const { sentence } = named(await audited(folder, { spoil }), "shortcut-region");
    assert.match(sentence, /^A small part of the pictures gives the class box away: .* at the bottom right/);
  }));

for (const [share, words, quarters] of [[1, "to the right", 1], [0.6, "to the left", 3]] as const) {
  Deno.test(`dataAudit() finds that ${100 * share} % of the test images are turned ${words}`, () =>
    inTempFolder(async (folder) => {
      const spoil = (painting: Painting) =>
        painting.part === "test" && painting.index % 10 < 10 * share && turn(painting, quarters);
      const finding = named(await audited(folder, { spoil }), "turned-images");
      assert.ok(finding.sentence.includes(`seem to be turned, most ${words}:`), finding.sentence);
      const [estimate] = finding.evidence;
      assert.ok(estimate.low! <= share + 0.05 && estimate.high! >= share - 0.05, JSON.stringify(estimate));
    }));
}

Deno.test("dataAudit() finds a validation folder whose images are turned, beside a test folder whose are not", () =>
  inTempFolder(async (folder) => {
    await paintings(folder, { test: 20 });
    const spoil = (painting: Painting) => turn(painting, 1);
    await paintings(join(folder, "more"), { seed: 2, train: 25, test: 1, spoil });
    await Deno.rename(join(folder, "more/train"), join(folder, "val"));
    await Deno.remove(join(folder, "more"), { recursive: true });
    const { findings } = await dataAudit(await open(folder));
    assert.match(named(findings, "turned-images").sentence, /of the images of the validation folder seem to be turned/);
    assert.match(named(findings, "same-way-up").sentence, /^The test images/);
  }));

const SHIFTS: Record<string, { readonly spoil: (painting: Painting) => void; readonly says: RegExp }> = {
  "are grey": {
    spoil: ({ pixels }) => {
      for (let p = 0; p < pixels.length; p += 3) pixels.fill(Math.round((pixels[p] + pixels[p + 1]) / 2), p, p + 3);
    },
    says: /^100\s% of the test images are grey, and 0\s% of the others/,
  },
  "are pale": {
    spoil: ({ pixels }) => {
      for (let p = 0; p < pixels.length; p += 3) {
        const mean = (pixels[p] + pixels[p + 1] + pixels[p + 2]) / 3;
        for (let c = 0; c < 3; c++) pixels[p + c] = Math.round(mean + 0.4 * (pixels[p + c] - mean));
      }
    },
    says: /The test images are paler than the others/,
  },
  "have a yellow cast": {
    spoil: ({ pixels }) => {
      for (let p = 2; p < pixels.length; p += 3) pixels[p] = Math.round(0.6 * pixels[p]);
    },
    says: /The test images are (.* and )?yellower/,
  },
};
for (const [name, { spoil, says }] of Object.entries(SHIFTS)) {
  Deno.test(`dataAudit() finds that the test images ${name}`, () =>
    inTempFolder(async (folder) => {
      const findings = await audited(folder, { spoil: (painting) => painting.part === "test" && spoil(painting) });
      assert.match(named(findings, "colour-shift").sentence, says);
    }));
}

Deno.test("dataAudit() finds that the test images are larger and wider", () =>
  inTempFolder(async (folder) => {
    const encode = (image: Sharp, { part }: Painting) =>
      part === "test" ? image.resize(120, 90, { fit: "fill" }).png() : image.png();
    const finding = named(await audited(folder, { encode }), "size-shift");
    assert.match(finding.sentence, /larger/);
    assert.match(finding.sentence, /wider for their height/);
    assert.equal(finding.severity, "warning");
  }));

Deno.test("dataAudit() finds that the format and the width tell the class, and names them", () =>
  inTempFolder(async (folder) => {
    const encode = (image: Sharp, { label }: Painting) =>
      label === 0
        ? image.resize(96, 96).jpeg()
        : label === 1
        ? image.resize(100, 96).png()
        : image.resize(96, 96).png();
    const finding = named(await audited(folder, { encode }), "label-from-metadata");
    assert.equal(finding.severity, "warning");
    assert.match(finding.sentence, /The strongest is (file format|width|width \/ height|file size|bytes per pixel):/);
    assert.ok(finding.evidence[0].low! > 0.9);
  }));

Deno.test("dataAudit() reads the camera's date: classes taken on different days are told", () =>
  inTempFolder(async (folder) => {
    const encode = (image: Sharp, { label, index }: Painting) => {
      const two = (value: number) => String(value).padStart(2, "0");
      const DateTimeOriginal = `2024:0${label + 1}:${two(1 + index % 20)} 10:${two(index % 60)}:00`;
      return image.jpeg({ quality: 90 }).withExif({ IFD2: { DateTimeOriginal } });
    };
    const finding = named(await audited(folder, { encode }), "label-from-metadata");
    assert.match(finding.sentence, /The strongest is date and time taken/);
  }));

for (
  const [camera, name, told] of [
    ["a camera's numbers", (at: number) => `IMG_${4000 + at}`, true],
    ["somebody's own counting", (at: number) => String(at).padStart(4, "0"), false],
  ] as const
) {
  Deno.test(`dataAudit() ${told ? "notes" : "lets pass"} that classes follow ${camera}`, () =>
    inTempFolder(async (folder) => {
      const findings = await audited(folder, { name: ({ label, index }) => name(100 * label + index) });
      const finding = findings.find(({ code }) => code === "label-from-metadata");
      assert.equal(finding?.severity, told ? "info" : undefined, "a note: nothing in the pixels says so");
    }));
}

Deno.test("dataAudit() says when brightness alone tells the class", () =>
  inTempFolder(async (folder) => {
    const spoil = ({ pixels, label }: Painting) =>
      pixels.forEach((value, at) => pixels[at] = Math.round(value * [0.4, 0.7, 1][label]));
    const finding = named(await audited(folder, { spoil }), "label-from-brightness");
    assert.match(finding.sentence, /How bright a picture is tells its class/);
    assert.ok(finding.evidence[0].value > 0.6);
  }));

Deno.test("dataAudit() calls nearly equal pictures across the seal an error where they are many, else a warning", () =>
  inTempFolder(async (folder) => {
    await paintings(folder, { train: 30, test: 30 });
    const leak = async (i: number) => {
      const bytes = await sharp(await Deno.readFile(join(folder, `train/box/${i}.png`))).jpeg({ quality: 40 })
        .toBuffer();
      await Deno.writeFile(join(folder, `test/box/leaked${i}.jpg`), new Uint8Array(bytes));
    };
    await leak(0);
    const first = named((await dataAudit(await open(folder))).findings, "near-duplicates-across-splits");
    assert.equal(first.severity, "error", "1 of 91 is more than one in a hundred");
    assert.match(first.sentence, /test\/box\/leaked0\.jpg and train\/box\/0\.png|train\/box\/0\.png and test\/box/);
    for (let i = 1; i < 6; i++) await leak(i);
    const many = named((await dataAudit(await open(folder))).findings, "near-duplicates-across-splits");
    assert.equal(many.evidence[0].value, 6);
  }));

Deno.test("dataAudit() finds exact copies across the seal", () =>
  inTempFolder(async (folder) => {
    await paintings(folder, { train: 20, test: 10 });
    await Deno.copyFile(join(folder, "train/box/1.png"), join(folder, "test/box/copy.png"));
    const findings = (await dataAudit(await open(folder))).findings;
    assert.equal(named(findings, "duplicates-across-splits").severity, "error");
    assert.equal(named(findings, "no-near-duplicates").severity, "good", "an exact copy is told once");
  }));

Deno.test("dataAudit() survives a class of three images, with groups and without, and reports it", () =>
  inTempFolder(async (folder) => {
    const rows = ["file_name,group"];
    await paintings(folder, { train: 24, test: 8 });
    for (let i = 3; i < 24; i++) await Deno.remove(join(folder, `train/cross/${i}.png`));
    for (const kind of ["disc", "box", "cross"]) {
      for (let i = 0; i < (kind === "cross" ? 3 : 24); i++) rows.push(`train/${kind}/${i}.png,${kind}${i >> 2}`);
    }
    const alone = await dataAudit(await open(folder));
    assert.match(named(alone.findings, "tiny-classes").sentence, /cross/);
    await Deno.writeTextFile(join(folder, "groups.csv"), rows.join("\n"));
    const grouped = await dataAudit(await open(folder));
    assert.match(named(grouped.findings, "tiny-classes").sentence, /cross/);
    assert.ok(!grouped.findings.some(({ code }) => code === "groups-suggested"));
  }));

Deno.test("dataAudit() suggests groups where pictures bear out the file names, and says how to write the file", () =>
  inTempFolder(async (folder) => {
    const person = ({ part, index }: Painting) => `${part}${Math.floor(index / 5)}`;
    const finding = named(
      await audited(folder, {
        spoil: (painting) => {
          const random = new Random(person(painting));
          const light = [0, 1, 2].map(() => 0.4 + 0.6 * random.next());
          painting.pixels.forEach((value, at) => painting.pixels[at] = Math.round(value * light[at % 3]));
        },
        name: (painting) => `${person(painting)}-${painting.index % 5}`,
      }),
      "groups-suggested",
    );
    assert.match(finding.sentence, /14 groups of together 210 of 210 images/);
    assert.match(finding.remedy, /deno task groups --data DIR/);
  }));

Deno.test("dataAudit() opens the sealed test set once, for an audit", () =>
  inTempFolder(async (folder) => {
    const images = await open(await paintings(folder, { train: 12, test: 6 }));
    await dataAudit(await audit(images));
    assert.deepEqual(images.test.ledger().map(({ kind, n }) => [kind, n]), [["audit", 18]]);
  }));
