import assert from "node:assert/strict";
import { join } from "node:path";
import { RECORD_MIME } from "../../lib/display/mod.ts";
import { ReportError, ReportFolder } from "../../lib/report/mod.ts";
import { inTempFolder } from "../_fixtures.ts";
import { AT, code, display, everyKind, executed, markdown, SETTINGS } from "./_executed.ts";

const OPTIONS = { at: AT };
const FAILURE = { cell: 1, name: "TypeError", message: `not <b>this</b> way`, traceback: [] };

/** All files below a folder, sorted. */
async function files(folder: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
    found.push(...isDirectory ? await files(folder, join(below, name)) : [join(below, name)]);
  }
  return found.sort();
}

/** A page without its style and scripts, so that a failing test stays readable. */
async function mainOf(page: string): Promise<string> {
  return /<main[^]*<\/main>/.exec(await Deno.readTextFile(page))![0];
}

const finding = (severity: string, code: string) => ({ code, severity, sentence: code, evidence: [], remedy: "" });

Deno.test("ReportFolder: a finished notebook leaves its page, its data, and a CSV for each table", () =>
  inTempFolder(async (folder) => {
    const report = await ReportFolder.open(join(folder, "out"));
    await report.addNotebook(await everyKind(), SETTINGS, OPTIONS);
    const notebooks = [await report.entry("03_training", "", SETTINGS.fingerprint)];
    await report.writeIndex({ settings: SETTINGS, at: AT, notebooks });
    assert.deepEqual(await files(report.path), [
      "03_training.html",
      "data/03_training.classes.csv",
      "data/03_training.json",
      "index.html",
      "report.json",
    ]);
    const csv = await Deno.readTextFile(join(report.path, "data/03_training.classes.csv"));
    assert.ok(csv.startsWith("Class,Images,Accuracy,Most often taken for,What to look at\r\nmammal,40,0.2,"));
    assert.ok(csv.includes(`"'=HYPERLINK(""http://example.org"")"`));
  }));

Deno.test("ReportFolder: report.json has every figure, finding and table once, with notebook and cell", () =>
  inTempFolder(async (folder) => {
    const report = await ReportFolder.open(join(folder, "out"));
    await report.addNotebook(await everyKind(), SETTINGS, OPTIONS);
    const notebooks = [
      await report.entry("03_training", "", SETTINGS.fingerprint),
      await report.entry("04_more", "More", SETTINGS.fingerprint),
    ];
    await report.writeIndex({ settings: SETTINGS, at: AT, notebooks, provenance: { Plateau: "1" } });
    const data = JSON.parse(await Deno.readTextFile(join(report.path, "report.json")));
    assert.deepEqual(data.settings, SETTINGS);
    assert.deepEqual(data.figures.map(({ id }: { id: string }) => id), [
      "thread-cnn.validation-accuracy",
      "images",
      "chance",
      "gap",
    ]);
    assert.deepEqual([data.figures[0].notebook, data.figures[0].cell, data.figures[0].low], ["03_training", 3, 0.239]);
    assert.deepEqual(data.findings.map(({ severity }: { severity: string }) => severity), [
      "error",
      "warning",
      "info",
      "good",
    ]);
    assert.equal(data.tables.length, 1);
    assert.deepEqual(data.charts.map(({ id }: { id: string }) => id), ["learning-curves", "class-counts"]);
    assert.deepEqual(data.notebooks.map(({ status }: { status: string }) => status), ["done", "not run"]);
    assert.deepEqual(data.notebooks[0].footer, { Engine: "onnx 1.30.0, 2 threads" });
  }));

Deno.test("ReportFolder: a failed notebook stands beside the earlier finished one, until it is finished again", () =>
  inTempFolder(async (folder) => {
    const report = await ReportFolder.open(join(folder, "out"));
    const finished = executed("01_a", [markdown("# A")]);
    await report.addNotebook(finished, SETTINGS, OPTIONS);
    const earlier = await Deno.readTextFile(join(report.path, "01_a.html"));

    const failed = executed("01_a", [markdown("# A"), code("boom()")], { status: "failed", failure: FAILURE });
    await report.addNotebook(failed, SETTINGS, OPTIONS);
    assert.equal(await Deno.readTextFile(join(report.path, "01_a.html")), earlier);
    const entry = await report.entry("01_a", "", SETTINGS.fingerprint);
    assert.equal(entry.result?.page, "01_a.partial.html");
    assert.equal(entry.earlier?.page, "01_a.html");
    await report.writeIndex({ settings: SETTINGS, at: AT, notebooks: [entry] });
    const index = await mainOf(join(report.path, "index.html"));
    assert.match(index, /Notebook 01_a failed in cell 1\.<\/strong> TypeError: not &lt;b&gt;this&lt;\/b&gt; way/);
    assert.match(index, /status-failed">Failed/);

    await report.addNotebook(finished, SETTINGS, OPTIONS);
    assert.equal((await report.entry("01_a", "", SETTINGS.fingerprint)).result?.status, "done");
    assert.deepEqual((await files(report.path)).filter((name) => name.includes("partial")), []);
  }));

Deno.test("ReportFolder: results on other data are not mixed in, only mentioned", () =>
  inTempFolder(async (folder) => {
    const report = await ReportFolder.open(join(folder, "out"));
    await report.addNotebook(executed("01_a", [markdown("# A")]), { ...SETTINGS, dataset: "cats" }, OPTIONS);
    const entry = await report.entry("01_a", "Of the source", "other");
    assert.deepEqual([entry.result, entry.title, entry.earlier?.dataset], [null, "Of the source", "cats"]);
    await report.writeIndex({ settings: { ...SETTINGS, fingerprint: "other" }, at: AT, notebooks: [entry] });
    const index = await mainOf(join(report.path, "index.html"));
    assert.match(index, /Not run/);
    assert.match(index, /deno task report --only 01/);
    assert.match(index, /an earlier report of cats<\/a>/);
  }));

Deno.test("ReportFolder: the index warns when notebooks ran with different settings", () =>
  inTempFolder(async (folder) => {
    const report = await ReportFolder.open(join(folder, "out"));
    await report.addNotebook(executed("01_a", [markdown("# A")]), SETTINGS, OPTIONS);
    await report.addNotebook(executed("02_b", [markdown("# B")]), { ...SETTINGS, seed: 2 }, OPTIONS);
    const notebooks = [
      await report.entry("01_a", "", SETTINGS.fingerprint),
      await report.entry("02_b", "", SETTINGS.fingerprint),
    ];
    await report.writeIndex({ settings: SETTINGS, at: AT, notebooks });
    const index = await mainOf(join(report.path, "index.html"));
    assert.match(
      index,
      /ran with different settings<\/strong> \(seed 1, engine onnx, budget 15m; seed 2, engine onnx, budget 15m\)/,
    );
  }));

Deno.test("ReportFolder: findings come gravest first, each once, whichever notebook says them", () =>
  inTempFolder(async (folder) => {
    const report = await ReportFolder.open(join(folder, "out"));
    const saying = (...findings: unknown[]) => code("x", display({ [RECORD_MIME]: { findings } }));
    await report.addNotebook(executed("01_a", [saying(finding("good", "g"), finding("info", "i"))]), SETTINGS, OPTIONS);
    await report.addNotebook(
      executed("02_b", [saying(finding("error", "e"), finding("info", "i"), finding("warning", "w"))]),
      SETTINGS,
      OPTIONS,
    );
    const notebooks = [
      await report.entry("01_a", "", SETTINGS.fingerprint),
      await report.entry("02_b", "", SETTINGS.fingerprint),
    ];
    await report.writeIndex({ settings: SETTINGS, at: AT, notebooks });
    const index = await mainOf(join(report.path, "index.html"));
    assert.deepEqual([...index.matchAll(/class="plateau-sentence">(.)</g)].map(([, letter]) => letter), [
      "e",
      "w",
      "i",
      "g",
    ]);
    assert.match(index, /1 error, 1 warning, 1 note, 1 in good order/);
  }));

Deno.test("ReportFolder: of equally grave findings those come first whose remedy surely brings most", () =>
  inTempFolder(async (folder) => {
    const report = await ReportFolder.open(join(folder, "out"));
    const gaining = (code: string, value: number, low: number, high: number) => ({
      ...finding("warning", code),
      expectedGain: { id: code, label: code, value, low, high, unit: "points" },
    });
    const findings = [
      gaining("untold", 0.2, -0.1, 0.5),
      finding("warning", "measured by nobody"),
      gaining("sure", 0.03, 0.02, 0.04),
      gaining("surer", 0.04, 0.03, 0.05),
      gaining("surer and larger", 0.08, 0.03, 0.13),
    ];
    await report.addNotebook(
      executed("01_a", [code("x", display({ [RECORD_MIME]: { findings } }))]),
      SETTINGS,
      OPTIONS,
    );
    const notebooks = [await report.entry("01_a", "", SETTINGS.fingerprint)];
    await report.writeIndex({ settings: SETTINGS, at: AT, notebooks });
    const index = await mainOf(join(report.path, "index.html"));
    const order = [...index.matchAll(/class="plateau-sentence">([^<]*)</g)].map(([, sentence]) => sentence);
    assert.deepEqual(order, ["surer and larger", "surer", "sure", "measured by nobody", "untold"]);
    const { findings: data } = JSON.parse(await Deno.readTextFile(join(report.path, "report.json")));
    assert.deepEqual(data.map(({ code }: { code: string }) => code), order);
  }));

Deno.test("ReportFolder: of many notes and much good news the rest is folded, errors and warnings never", () =>
  inTempFolder(async (folder) => {
    const report = await ReportFolder.open(join(folder, "out"));
    const many = (severity: string, count: number) =>
      Array.from({ length: count }, (_, i) => finding(severity, `${severity} ${i}`));
    const pages: [string, ReturnType<typeof finding>[]][] = [
      ["01_a", [...many("warning", 20), ...many("info", 9), ...many("good", 6)]],
      ["02_b", [finding("good", "concluded")]],
    ];
    for (const [name, findings] of pages) {
      await report.addNotebook(
        executed(name, [code("x", display({ [RECORD_MIME]: { findings } }))]),
        SETTINGS,
        OPTIONS,
      );
    }
    const notebooks = await Promise.all(pages.map(([name]) => report.entry(name, "", SETTINGS.fingerprint)));
    await report.writeIndex({ settings: SETTINGS, at: AT, notebooks });
    const index = await mainOf(join(report.path, "index.html"));
    const [inView, folded] = index.split('<details class="further-findings"><summary>3 more in good order</summary>');
    assert.equal(inView.match(/class="plateau-sentence">warning/g)?.length, 20);
    assert.equal(inView.match(/class="plateau-sentence">info/g)?.length, 9);
    assert.deepEqual([...inView.matchAll(/class="plateau-sentence">(good|concluded)/g)].map(([, word]) => word), [
      "concluded",
      ...Array(3).fill("good"),
    ]);
    assert.equal(folded.match(/class="plateau-sentence">good/g)?.length, 3);
  }));

Deno.test("ReportFolder: a finding has its chart within it, which is then not shown twice", () =>
  inTempFolder(async (folder) => {
    const report = await ReportFolder.open(join(folder, "out"));
    await report.addNotebook(await everyKind(), SETTINGS, OPTIONS);
    const notebooks = [await report.entry("03_training", "", SETTINGS.fingerprint)];
    await report.writeIndex({ settings: SETTINGS, at: AT, notebooks });
    const index = await mainOf(join(report.path, "index.html"));
    const [, findings, further] = index.split(/<h2 id="(?:findings|charts)">/);
    assert.match(findings, /<details[^>]*><summary>Chart: [^<]*<\/summary><div id="chart0-place">/);
    assert.match(findings, /<a href="#chart0-place">Chart: /);
    assert.equal(findings.match(/data-chart=/g)?.length, 1);
    assert.equal(further.match(/data-chart=/g)?.length, 1);
  }));

Deno.test("ReportFolder.open() sweeps what a killed process left, in the folder and its data, and leaves no probe", () =>
  inTempFolder(async (folder) => {
    const report = await ReportFolder.open(join(folder, "out"));
    await report.addNotebook(executed("01_a", [markdown("# A")]), SETTINGS, OPTIONS);
    const before = await files(report.path);
    await Deno.writeTextFile(join(report.path, ".tmp-4194999-dead-01_a.html"), "half a pa");
    await Deno.writeTextFile(join(report.path, "data/.tmp-4194999-dead-01_a.json"), "{");
    await ReportFolder.open(report.path);
    assert.deepEqual(await files(report.path), before);
  }));

Deno.test("ReportFolder.open() refuses a path below a file, and says what stands in the way", () =>
  inTempFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "file"), "");
    await assert.rejects(
      ReportFolder.open(join(folder, "file/out")),
      (error: Error) => error instanceof ReportError && /file\/out": a part of the path is a file/.test(error.message),
    );
    await assert.rejects(ReportFolder.open(join(folder, "file")), ReportError);
    assert.deepEqual(await files(folder), ["file"]);
  }));

Deno.test("ReportFolder.discardIfNew() takes away what open() made, and never what was there", () =>
  inTempFolder(async (folder) => {
    const report = await ReportFolder.open(join(folder, "a/b/c"));
    await report.discardIfNew();
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
    await Deno.mkdir(join(folder, "there"));
    await (await ReportFolder.open(join(folder, "there"))).discardIfNew();
    assert.ok((await Deno.stat(join(folder, "there"))).isDirectory);
    const used = await ReportFolder.open(join(folder, "used"));
    await used.addNotebook(executed("01_a", [markdown("# A")]), SETTINGS, OPTIONS);
    await used.discardIfNew();
    assert.ok((await files(used.path)).includes("01_a.html"));
  }));
