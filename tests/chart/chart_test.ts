import assert from "node:assert/strict";
import {
  accuracyBars,
  Chart,
  ChartError,
  classCounts,
  confusion,
  imageSizes,
  learningCurves,
  regionMap,
  splitComparison,
  VEGALITE_MIME,
} from "../../lib/chart/mod.ts";
import { renderSvg } from "../../lib/chart/_render.ts";
import { jupyterDisplay, RECORD_MIME, type ResultRecord } from "../../lib/display/mod.ts";
import { examples, HOSTILE } from "./_charts.ts";

const score = (estimate: number) => ({ estimate, low: estimate - 0.034, high: estimate + 0.035, n: 750 });
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

/** Everything a reader can see in a picture. */
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => plain(text));

for (const [name, chart] of Object.entries(examples("cat"))) {
  Deno.test(`${name} compiles without a warning and keeps within a phone-friendly width`, async () => {
    const { svg, warnings } = await renderSvg(chart.spec, chart.title, chart.alt);
    assert.deepEqual(warnings, []);
    const [, width] = svg.match(/viewBox="0 0 ([\d.]+) /)!;
    assert.ok(Number(width) <= 600, width);
  });

  Deno.test(`${name} says in words and numbers what it shows`, () => {
    assert.match(chart.alt, /\d/);
    assert.match(chart.alt, /\.$/);
    assert.doesNotMatch(chart.alt + chart.title, /undefined|NaN|\d\.\d{3}/);
    assert.equal(Deno.inspect(chart), `${chart.title}\n${chart.alt}`);
  });

  Deno.test(`${name} shows no raw decimals`, async () => {
    for (const text of texts(await chart.svg())) assert.doesNotMatch(text, /\d\.\d{3}|NaN|undefined|null/);
  });
}

Deno.test("charts display as Vega-Lite 5, as a picture, as words and as data", async () => {
  const chart = classCounts({
    classes: ["cat"],
    development: [3],
    sealed: [1],
    id: "counts",
    title: "Few cats",
    record: { tables: [{ id: "t", title: "T", columns: [], rows: [] }] },
  });
  const shown = await chart[jupyterDisplay]();
  assert.deepEqual(Object.keys(shown).sort(), [VEGALITE_MIME, RECORD_MIME, "image/svg+xml", "text/plain"].sort());
  const spec = shown[VEGALITE_MIME] as { $schema: string };
  assert.equal(spec.$schema, "https://vega.github.io/schema/vega-lite/v5.json");
  assert.deepEqual(JSON.parse(JSON.stringify(spec)), spec);
  const svg = shown["image/svg+xml"] as string;
  assert.match(svg, /^<svg role="img" aria-label="Few cats\. /);
  const record = shown[RECORD_MIME] as ResultRecord;
  assert.deepEqual(record.chart, { id: "counts", title: "Few cats", alt: chart.alt });
  assert.equal(record.tables?.[0].id, "t");
});

Deno.test("names with markup are escaped in the pictures and printed as they are in a terminal", async () => {
  for (const [name, chart] of Object.entries(examples(HOSTILE))) {
    if (name === "imageSizes" || name === "regionMap") continue; // they show no names
    const svg = await chart.svg();
    assert.doesNotMatch(svg, /<script/, name);
    assert.ok(svg.includes("&lt;script&gt;"), name);
    assert.ok(chart.text().includes("<script>"), name);
  }
  assert.ok(!classCounts({ classes: ["a\x1b[2J"], development: [1], sealed: [1] }).text().includes("\x1b"));
});

Deno.test("names that look like expressions and paths of Vega stay names", async () => {
  const names = ["a.b[0]", "datum.x", 'it\'s "quoted"', "😀 𝒜", "__proto__", ""];
  const chart = classCounts({ classes: names, development: names.map(() => 5), sealed: names.map(() => 2) });
  const { svg, warnings } = await renderSvg(chart.spec, chart.title, chart.alt);
  assert.deepEqual(warnings, []);
  const seen = texts(svg);
  for (const name of names.slice(0, 2)) assert.ok(seen.includes(name), name);
  assert.ok(seen.includes("__proto__"));
});

Deno.test("charts of nothing are refused with a clear message", () => {
  const refused: [() => Chart, RegExp][] = [
    [() => classCounts({ classes: [], development: [], sealed: [] }), /there are no classes/],
    [
      () => classCounts({ classes: ["a", "b"], development: [1, 2], sealed: [1] }),
      /2 classes need as many counts, there are 2 for development and 1 for the sealed test set/,
    ],
    [() => learningCurves([]), /there are no runs/],
    [() => learningCurves([{ label: "x", history: [], keptEpoch: 1 }]), /"x" has no epochs/],
    [() => accuracyBars([]), /there are none/],
    [() => splitComparison([]), /there are no accuracies/],
    [() => imageSizes([]), /there are no images/],
    [() => regionMap([[0.1, 0.2], [0.3]], { chance: 0.1 }), /rows must be equally long, they have 2, 1 cells/],
    [() => regionMap([], { chance: 0.1 }), /they have no cells/],
    [() => confusion([], []), /there are no classes/],
    [() => confusion(["a", "b"], [[1, 2]]), /2 classes need 2 rows and columns, there are 1 rows of 2/],
    [() => confusion(["a"], [[0]]), /it counts no images/],
  ];
  for (const [draw, message] of refused) {
    assert.throws(draw, (error) => error instanceof ChartError && message.test(error.message));
  }
});

Deno.test("classCounts() of very many classes shows the largest and the smallest, and says so", async () => {
  const classes = Array.from({ length: 100 }, (_, index) => `class ${index}`);
  const chart = classCounts({
    classes,
    development: classes.map((_, index) => index + 1),
    sealed: classes.map(() => 0),
  });
  const seen = texts(await chart.svg());
  assert.ok(seen.includes("The 30 largest and the 30 smallest of 100 classes"));
  assert.ok(seen.includes("class 99") && seen.includes("class 0") && !seen.includes("class 50"));
  assert.match(chart.alt, /largest class is class 99 with 100, the smallest class 0 with 1 images/);
});

Deno.test("learningCurves() leaves out losses that are no numbers, and draws a single epoch", async () => {
  const row = { epoch: 1, loss: NaN, accuracy: 0.1, validationLoss: Infinity, validationAccuracy: 0.1 };
  const chart = learningCurves([{ label: "diverged", history: [row], keptEpoch: 1 }]);
  const { svg, warnings } = await renderSvg(chart.spec, chart.title, chart.alt);
  assert.deepEqual(warnings, []);
  assert.doesNotMatch(svg, /NaN|Infinity/);
  assert.match(chart.alt, /training loss – and accuracy 10\.0/);
});

Deno.test("learningCurves() of more runs than colours tells training from validation by colour", () => {
  const history = [{ epoch: 1, loss: 1, accuracy: 0.5, validationLoss: 1, validationAccuracy: 0.5 }];
  const runs = (number: number) =>
    learningCurves(Array.from({ length: number }, (_, run) => ({ label: `fold ${run}`, history, keptEpoch: 1 })));
  assert.ok(JSON.stringify(runs(7).spec).includes('"color":{"field":"label"'));
  assert.ok(JSON.stringify(runs(8).spec).includes('"color":{"field":"part"'));
  assert.match(runs(8).alt, /And 3 more runs\.$/);
});

Deno.test("accuracyBars() writes each number with its interval, within the picture", async () => {
  const rows = [0.04, 0.5, 0.96].map((estimate, index) => ({ label: `model ${index}`, interval: score(estimate) }));
  const seen = texts(await accuracyBars(rows).svg());
  for (const expected of ["4.0 % [0.6, 7.5]", "50.0 % [46.6, 53.5]", "96.0 % [92.6, 99.5]"]) {
    assert.ok(seen.includes(expected), expected);
  }
});

Deno.test("splitComparison() says by how many points splitting by image flatters", () => {
  const chart = splitComparison([
    { model: "thread-cnn", by: "group", interval: score(0.23) },
    { model: "thread-cnn", by: "image", interval: score(0.35) },
  ]);
  assert.equal(
    plain(chart.alt),
    "thread-cnn: 23.0 % [19.6, 26.5] by group, 35.0 % [31.6, 38.5] by image (+12.0 points).",
  );
});

Deno.test("imageSizes() draws a hundred thousand images of many sizes as few circles, counting each once", () => {
  const sizes = Array.from({ length: 100_000 }, (_, index) => ({ width: 50 + index % 997, height: 50 + index % 1009 }));
  const { layer } = imageSizes(sizes).spec as unknown as { layer: { data: { values: { images: number }[] } }[] };
  const circles = layer[1].data.values;
  assert.ok(circles.length <= 400 && circles.length > 50, `${circles.length}`);
  assert.equal(circles.reduce((sum, { images }) => sum + images, 0), 100_000);
});

Deno.test("imageSizes() of one size says so in its title", () => {
  const chart = imageSizes(Array.from({ length: 3 }, () => ({ width: 224, height: 224 })));
  assert.equal(chart.title, "All images are 224 × 224 pixels");
});

Deno.test("confusion() of many classes stays as large as a page and drops the numbers that would not fit", async () => {
  const classes = Array.from({ length: 45 }, (_, index) => `class ${index}`);
  const matrix = classes.map((_, row) => classes.map((_, column) => (row === column ? 977 : 0)));
  const svg = await confusion(classes, matrix).svg();
  assert.ok(!texts(svg).includes("977"));
  const [, width] = svg.match(/viewBox="0 0 ([\d.]+) /)!;
  assert.ok(Number(width) < 640, width);
});
