import assert from "node:assert/strict";
import { join } from "node:path";
import { importHistory, learningCurves, type NamedImages, trainedElsewhere } from "../../../lib/diagnose/mod.ts";
import { jupyterDisplay, RECORD_MIME, type ResultRecord } from "../../../lib/display/mod.ts";
import { accuracyInterval, expectedCalibrationError } from "../../../lib/stats/mod.ts";
import { inTempFolder, write } from "../../_fixtures.ts";

const PER_CLASS = 50;
const CLASSES = ["a", "<b>"];

/** Two classes of fifty images each, in groups of two. */
const images: NamedImages = {
  classes: CLASSES,
  grouped: true,
  records: CLASSES.flatMap((name, label) =>
    Array.from({ length: PER_CLASS }, (_, i) => ({ path: `${name}/${i}.png`, label, group: `${name}/${i >> 1}` }))
  ),
  development: Array.from({ length: 2 * PER_CLASS }, (_, i) => i),
  test: { source: "seed" },
};

/** Falls in training; on validation images it falls until epoch 5 and rises from there. */
const HISTORY = "epoch,loss,accuracy,val_loss,val_accuracy\n" +
  Array.from(
    { length: 20 },
    (_, e) =>
      [e, 0.7 * Math.exp(-e / 4), Math.min(0.98, 0.5 + e / 30), e < 5 ? 0.7 - e / 50 : 0.6 + (e - 4) / 20, 0.55].join(),
  ).join("\n");

/** Says 0.8 for the truth of every image but each third. */
const PREDICTIONS = "path,a,<b>\n" + images.records.filter((_, i) => i % 2 === 0)
  .map(({ path, label }, i) => `${path},${(label === 0) === (i % 3 > 0) ? "0.8,0.2" : "0.2,0.8"}`).join("\n");

async function withFiles(body: (historyPath: string, predictionsPath: string) => Promise<void>) {
  await inTempFolder(async (folder) => {
    await write(join(folder, "run.csv"), HISTORY);
    await write(join(folder, "said.csv"), PREDICTIONS);
    await body(join(folder, "run.csv"), join(folder, "said.csv"));
  });
}

Deno.test("without files, trainedElsewhere() says in one line how to give some", async () => {
  const nothing = await trainedElsewhere({ historyPath: "", predictionsPath: "" }, images);
  assert.match(nothing.text(), /^Nothing trained elsewhere was given: deno task report --history FILE/);
  assert.match(nothing.html(), /plateau-note/);
  assert.equal(nothing.record(), undefined);
  assert.equal(nothing.curves(), undefined);
  assert.equal(nothing.confusion(), undefined);
});

Deno.test("a history alone gives the verdict, but no interval: nobody knows on how many images it was measured", () =>
  withFiles(async (historyPath) => {
    const elsewhere = await trainedElsewhere({ historyPath, predictionsPath: "" }, images);
    const { verdict, sentence, findings } = elsewhere.verdict!;
    assert.equal(verdict, "overfitting");
    assert.match(
      sentence,
      /^Overfitting from epoch 6: 98\s% on the training images, 55\s% on unseen images \(of how many, and so how surely, is not known/,
    );
    assert.doesNotMatch(sentence, /\[/);
    for (const figure of findings[0].evidence) {
      assert.equal(figure.low, undefined, figure.id);
      assert.equal(figure.n, undefined, figure.id);
    }
    assert.doesNotMatch(JSON.stringify(elsewhere.record()), /null|NaN/);
    assert.match(elsewhere.curves()!.title, /^run-elsewhere: loss and accuracy/);
    assert.equal(elsewhere.confusion(), undefined);
  }));

Deno.test("with predictions, the verdict has their accuracy with its interval over groups", () =>
  withFiles(async (historyPath, predictionsPath) => {
    const elsewhere = await trainedElsewhere({ historyPath, predictionsPath }, images);
    const { correct, images: measured } = elsewhere.predictions!;
    const expected = accuracyInterval({ correct, groups: measured.map((i) => images.records[i].group) });
    const figure = elsewhere.verdict!.findings[0].evidence.find(({ id }) => id.endsWith("unseen-accuracy"))!;
    assert.deepEqual(
      [figure.value, figure.low, figure.high, figure.n, figure.groups],
      [expected.estimate, expected.low, expected.high, 50, 50],
    );
    assert.match(elsewhere.verdict!.sentence, /66\s% \[/);
  }));

Deno.test("predictions alone give accuracy, confusion and calibration", () =>
  withFiles(async (_, predictionsPath) => {
    const elsewhere = await trainedElsewhere({ historyPath: "", predictionsPath }, images);
    assert.equal(elsewhere.verdict, null);
    const [accuracy, calibration] = elsewhere.figures();
    assert.equal(accuracy.value, 33 / 50);
    assert.equal(accuracy.rung, "model");
    const { probabilities, images: measured } = elsewhere.predictions!;
    const labels = measured.map((i) => images.records[i].label);
    assert.equal(calibration.value, expectedCalibrationError(probabilities, labels, 2));
    assert.match(elsewhere.confusion()!.alt, /^33 of 50 images are on the diagonal/);
    assert.match(elsewhere.html(), /66/);
    assert.match(elsewhere.text(), /66/);
    const shown = await elsewhere[jupyterDisplay]();
    assert.equal((shown[RECORD_MIME] as ResultRecord).figures!.length, 2);
  }));

Deno.test("a training elsewhere that broke is diverging, one that is short is too short, a small gap is a good fit", async () => {
  const rows = (list: string[]) => `epoch,loss,accuracy,val_loss,val_accuracy\n${list.join("\n")}\n`;
  const verdict = async (text: string) => {
    let name = "";
    await inTempFolder(async (folder) => {
      await write(join(folder, "run.csv"), text);
      name = learningCurves(await importHistory(join(folder, "run.csv")), images).verdict;
    });
    return name;
  };
  assert.equal(await verdict(rows(["0,0.7,0.5,0.7,0.5", "1,nan,0.5,nan,0.5"])), "diverging");
  assert.equal(await verdict(rows(["0,0.7,0.5,0.7,0.5", "1,0.6,0.6,0.6,0.6"])), "too-short");
  const settled = Array.from(
    { length: 20 },
    (_, e) => `${e},${0.2 + 0.5 * Math.exp(-e)},0.93,${0.25 + 0.5 * Math.exp(-e)},0.9`,
  );
  assert.equal(await verdict(rows(settled)), "good-fit");
});

Deno.test("predictions of all images by one model are doubted, those of several folds are not", async () => {
  const head = "path,fold,a,<b>\n";
  const row = (path: string, fold: number, label: number) => `${path},${fold},${label === 0 ? "0.8,0.2" : "0.2,0.8"}`;
  const all = (folds: number) =>
    head + images.records.map(({ path, label }, i) => row(path, i % folds, label)).join("\n");
  await inTempFolder(async (folder) => {
    const codes = async (text: string) => {
      await write(join(folder, "said.csv"), text);
      await write(join(folder, "run.csv"), HISTORY);
      const paths = { historyPath: join(folder, "run.csv"), predictionsPath: join(folder, "said.csv") };
      const elsewhere = await trainedElsewhere(paths, images);
      assert.doesNotMatch(elsewhere.text(), /NaN/);
      return elsewhere.findings.findings.map(({ code }) => code);
    };
    const one = await codes(all(1));
    assert.ok(one.includes("predictions-on-training-images"), one.join());
    assert.ok(
      one.includes("predictions-against-history"),
      "all are right, and validation never reached more than 55 %",
    );
    const five = await codes(all(5));
    assert.ok(!five.includes("predictions-on-training-images"), five.join());
    const few = await codes(PREDICTIONS);
    assert.ok(!few.some((code) => code.startsWith("predictions-")), few.join());
  });
});
