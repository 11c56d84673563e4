import assert from "node:assert/strict";
import { join } from "node:path";
import { type FindingRecord, jupyterDisplay, RECORD_MIME, type ResultRecord } from "../../../lib/display/mod.ts";
import { baselines, literature, type OwnResult } from "../../../lib/diagnose/mod.ts";
import { inTempFolder, write } from "../../_fixtures.ts";
import { pictures, runs } from "../_synthetic.ts";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

/** K classes of `perClass` images without content; folds of them; runs that are right for `unseen` of them. */
function data(classes: number, perClass: number, options: { name?: string; counts?: number[] } = {}) {
  const counts = options.counts ?? new Array(classes).fill(perClass);
  const images = { ...pictures({ counts, paint: () => 0, size: 8 }), size: 64, name: options.name ?? "my pictures" };
  const folds = images.folds(5, { by: "image", seed: 1 });
  const trained = (unseen: number): OwnResult =>
    runs(folds, { epochs: 1, loss: () => 1, validationLoss: () => 1, training: 1, unseen });
  return { images, folds, trained };
}

const byCode = (list: readonly FindingRecord[]) => Object.fromEntries(list.map((one) => [one.code, one]));

Deno.test("literature() counts the images that models train on, not those they are measured on", async () => {
  const { images, trained } = data(16, 50);
  const { setting, own } = await literature(images, { own: [trained(0.3)] });
  assert.deepEqual(setting, { classes: 16, imagesPerClass: 40, pixels: 64 });
  assert.equal(own[0].imagesPerClass, 40);
  assert.equal(own[0].accuracy.n, 800);
  assert.ok(Math.abs(own[0].adjusted.estimate - (0.3 - 1 / 16) / (15 / 16)) < 0.01);
  assert.equal((await literature(images)).setting.imagesPerClass, 50);
});

Deno.test("literature() takes baselines and predictions from elsewhere as own results", async () => {
  const { images, folds } = data(4, 30);
  const all = await baselines(images, folds, { onProgress: () => {} });
  const elsewhere = { name: "keras", images: [0, 1, 2], correct: [true, false, true], folds: 1 };
  const { own } = await literature(images, { own: [all.best, elsewhere] });
  assert.deepEqual(own.map(({ label, kind }) => [label, kind]), [[all.best.label, "baseline"], ["keras", "model"]]);
  assert.deepEqual(own.map(({ imagesPerClass }) => imagesPerClass), [24, 117 / 4]);
});

Deno.test("what is published at a comparable size comes with rows, data sets and one's own place among them", async () => {
  const { images, trained } = data(16, 50);
  const result = await literature(images, { own: [trained(0.2)] });
  for (const row of result.comparable.filter(({ methodKind }) => methodKind !== "human")) {
    assert.ok(row.imagesPerClassTrain! >= 20 && row.imagesPerClassTrain! <= 80);
    assert.ok(row.classes >= 2 && row.classes <= 128);
  }
  const { sentence, evidence, remedy } = byCode(result.findings.findings)["literature-from-scratch"];
  assert.match(
    plain(sentence),
    /^At \d+ to \d+ images per class and \d+ to \d+ classes, published networks trained from scratch reach \d+ % to \d+ %, /,
  );
  assert.match(plain(sentence), /\(\d+ rows of \d+ data sets, .* Yours: net is at 20/);
  assert.match(sentence, /adjusted for chance: below all of them\./);
  assert.match(remedy, /Tune before .*Brigato/);
  const [lowest, highest] = ["lowest", "highest"].map((end) =>
    evidence.find(({ id }) => id === `literature.from-scratch.${end}`)!
  );
  const scratch = result.comparable.filter(({ methodKind }) => methodKind === "from-scratch");
  assert.equal(lowest.value, Math.min(...scratch.map(({ accuracy }) => accuracy)));
  assert.equal(highest.value, Math.max(...scratch.map(({ accuracy }) => accuracy)));
});

Deno.test("each own result is said to be below, among or above the published ones", async () => {
  const { images, trained } = data(10, 60);
  const said = async (...unseen: number[]) => {
    const { findings } = (await literature(images, { own: unseen.map(trained) })).findings;
    return byCode(findings)["literature-from-scratch"];
  };
  assert.match((await said(0.65)).sentence, /adjusted for chance: among them\./);
  assert.match((await said(1)).sentence, /adjusted for chance: above all of them\./);
  const mixed = await said(0.2, 0.65);
  assert.match(mixed.sentence, /: below all of them; net .*: among them\./);
  assert.equal(mixed.remedy, "");
});

Deno.test("published gains are a direction: none is an expected gain, and all say where they are from", async () => {
  const { images } = data(16, 50);
  const { findings } = (await literature(images)).findings;
  assert.ok(findings.every((one) => one.expectedGain === undefined));
  const frozen = byCode(findings)["literature-linear-probe"];
  assert.match(frozen.sentence, /ahead of training from scratch by .* points: published on other images, not measured/);
  const gains = frozen.evidence.filter(({ unit }) => unit === "points");
  assert.ok(gains.length >= 2 && gains.every(({ label }) => /^Published: .* on .*, \d+ images per class/.test(label)));
});

Deno.test("a rung of the ladder is a real row with about as many classes, named with its source", async () => {
  const { images } = data(10, 50);
  const result = await literature(images);
  const rungs = result.figures().filter(({ rung }) => rung === "literature");
  assert.ok(rungs.length >= 1);
  for (const { label, value, low, high, n } of rungs) {
    const row = result.comparable.find((one) => one.accuracy === value && label.includes(one.method))!;
    assert.ok(label.includes(row.dataset) && /\d{4}\)$/.test(label), label);
    assert.ok(row.classes >= 5 && row.classes <= 20);
    if (row.metric === "accuracy") assert.ok(low! < value && value < high! && n === row.testImages);
    else assert.equal(low, undefined);
  }
  // With a hundred classes nothing has about as many and few enough images ... but CIFAR-100 and its like.
  const hundred = (await literature(data(100, 30).images)).figures().filter(({ rung }) => rung === "literature");
  assert.ok(hundred.every(({ label }) => /10[02] classes/.test(label)));
});

Deno.test("a rough guide is named where no row has about as many classes, and only there", async () => {
  const { findings } = (await literature(data(16, 40).images)).findings;
  assert.doesNotMatch(byCode(findings)["literature-from-scratch"].sentence, /rough guide/);
  assert.match(byCode(findings)["literature-fine-tuned"].sentence, /None has anything like your 16 classes/);
});

Deno.test("where nothing comparable is published, that is said, with the nearest and how to add one", async () => {
  const { images } = data(9000, 3);
  const { findings } = (await literature(images)).findings;
  const { sentence, remedy, evidence } = byCode(findings)["literature-nothing-comparable"];
  assert.match(sentence, /^Nothing comparable is known here: .* The nearest is .* classes, .* images per class \(/);
  assert.match(remedy, /literature\.csv/);
  assert.deepEqual(evidence, []);
  assert.ok(!findings.some(({ code }) => /from-scratch|linear-probe|fine-tuned|more-images/.test(code)));
});

Deno.test("with two classes the rows have more classes, and the text names how many", async () => {
  const { images, trained } = data(2, 60);
  const result = await literature(images, { own: [trained(0.8)] });
  const scratch = byCode(result.findings.findings)["literature-from-scratch"];
  assert.match(scratch.sentence, /^At \d+ to \d+ images per class and \d+ to 1[0-6] classes/);
  assert.match(scratch.sentence, /None has anything like your 2 classes, so take it as a rough guide at most\./);
  assert.ok(Math.abs(result.own[0].adjusted.estimate - 0.6) < 0.05);
  assert.ok(result.figures().every(({ rung }) => rung === undefined), "ten classes are no rung beside two");
  assert.equal(byCode(result.findings.findings)["literature-fine-tuned"], undefined);
  assert.match(
    byCode(result.findings.findings)["literature-fine-tuned-unknown"].sentence,
    /^No published accuracy of fine-tuned .*; the nearest, not comparable, is /,
  );
});

Deno.test("a folder named like a public data set is told what is published on it, if it is that", async () => {
  const { findings } = (await literature(data(10, 50, { name: "cifar10" }).images)).findings;
  const { sentence, evidence } = byCode(findings)["literature-named-like"];
  assert.match(
    plain(sentence),
    /named "cifar10", like the published data set CIFAR-10\. If it is that: published are .*people 94 %/,
  );
  assert.equal(evidence[0].value, 0.997);
  const part = (await literature(data(3, 50, { name: "cifar10" }).images)).findings.findings;
  assert.match(byCode(part)["literature-part-of-known"].sentence, /has 10 classes, this has 3/);
  const other = (await literature(data(10, 50).images)).findings.findings;
  assert.ok(!other.some(({ code }) => /named-like|part-of/.test(code)));
});

Deno.test("own rows count like the others; bad ones are a warning with the reason", () =>
  inTempFolder(async (folder) => {
    await write(
      join(folder, "literature.csv"),
      "dataset,classes,imagesPerClassTrain,pixels,method,methodKind,accuracy,authors,title\n" +
        'Ours,16,50,64,<b>"net"</b>,from-scratch,0.21,Me,Notes\nOurs,16,50,64,net,from-scratch,21,Me,Notes\n',
    );
    const { images } = data(16, 50);
    const result = await literature(images, { folder });
    assert.equal(result.comparable[0].dataset, "Ours");
    const [refused] = result.findings.findings;
    assert.equal(refused.code, "literature-rows-refused");
    assert.equal(refused.severity, "warning");
    assert.match(
      refused.sentence,
      /^1 row of your own .*: literature\.csv, line 3: accuracy must be a share .* got 21\.$/,
    );
    const html = result.sources().html();
    assert.ok(html.includes("&lt;b&gt;&quot;net&quot;&lt;/b&gt;") && !html.includes("<b>"));
    assert.match(html, /Read: your literature\.csv/);
    await assert.rejects(literature(images, { rows: join(folder, "none.json") }), /it does not exist/);
  }));

Deno.test("uneven classes are named, since chance says less there", async () => {
  const uneven = (await literature(data(4, 0, { counts: [200, 30, 30, 30] }).images)).findings.findings;
  assert.match(byCode(uneven)["literature-from-scratch"].sentence, /Your classes are uneven/);
  const even = (await literature(data(4, 60).images)).findings.findings;
  assert.doesNotMatch(byCode(even)["literature-from-scratch"].sentence, /uneven/);
});

Deno.test("sources are listed with links, one line for each data set, size and publication", async () => {
  const result = await literature(data(10, 50).images);
  const html = result.sources().html();
  const links = [...html.matchAll(/<a href="(https?:\/\/[^"]+)"/g)];
  const lines = [...html.matchAll(/<li>/g)].length;
  assert.equal(links.length, lines);
  assert.ok(lines < result.comparable.length);
  const [table] = result.sources().record().tables!;
  assert.equal(table.rows.length, result.comparable.length);
  assert.ok(table.rows.every(({ url, source, verified }) => url && source && verified));
});

Deno.test("literature shows itself as a chart with its figures; the expectations as a table with what to mind", async () => {
  const { images, trained } = data(16, 50);
  const result = await literature(images, { own: [trained(0.3)] });
  const record = (await result[jupyterDisplay]())[RECORD_MIME] as ResultRecord;
  assert.equal(record.chart!.id, "literature");
  assert.equal(result.adjustedChart().id, "literature-adjusted");
  assert.ok(record.figures!.some(({ id, value }) => id === "literature.rows" && value === result.comparable.length));
  const { table } = result.expectations();
  assert.deepEqual(table.rows.map(({ kind }) => kind), [
    ...(result.expected.some(({ kind }) => kind === "classic") ? ["No deep network"] : []),
    "From scratch",
    "Frozen features",
    "Fine-tuned",
    "People",
    "Yours: net",
  ]);
  assert.match(result.expectations().text(), /a range is no interval/);
  assert.match(Deno.inspect(result), /literature|published/i);
});
