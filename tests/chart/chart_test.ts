import assert from "node:assert/strict";
import {
  accuracyBars,
  accuracyLadder,
  Chart,
  ChartError,
  classCounts,
  classScores,
  confusion,
  imageSizes,
  learningCurveBands,
  learningCurves,
  literature,
  predictionCheck,
  regionMap,
  reliability,
  sizeCurve,
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
    assert.doesNotMatch(withoutRates(chart.alt + chart.title), /undefined|NaN|\d\.\d{3}/);
    assert.equal(Deno.inspect(chart), `${chart.title}\n${chart.alt}`);
  });

  Deno.test(`${name} shows no raw decimals`, async () => {
    for (const text of texts(await chart.svg())) {
      assert.doesNotMatch(withoutRates(text), /\d\.\d{3}|NaN|undefined|null/);
    }
  });
}

/** A learning rate of 0.00025 is a setting, as people write it: two digits after its zeros. */
function withoutRates(text: string): string {
  return text.replace(/\b0\.0+[1-9]\d?\b/g, "");
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
    // These name no class; learningCurveBands() names runs in its tooltips only.
    if (["imageSizes", "learningCurveBands", "rateBatchMap", "regionMap"].includes(name)) continue;
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
    [() => accuracyLadder([]), /there are no accuracies/],
    [() => splitComparison([]), /there are no accuracies/],
    [() => imageSizes([]), /there are no images/],
    [() => literature([], [], { chance: 0.5, band: [1, 4] }), /there are none/],
    [() => regionMap([[0.1, 0.2], [0.3]], { chance: 0.1 }), /rows must be equally long, they have 2, 1 cells/],
    [() => regionMap([], { chance: 0.1 }), /they have no cells/],
    [() => confusion([], []), /there are no classes/],
    [() => confusion(["a", "b"], [[1, 2]]), /2 classes need 2 rows and columns, there are 1 rows of 2/],
    [() => confusion(["a"], [[0]]), /it counts no images/],
    [
      () => confusion(["a", "b"], [[1, 0], [0, 1]], { order: [0, 0] }),
      /must name each of the 2 classes once, it is 0, 0/,
    ],
    [() => learningCurveBands([]), /there are no runs/],
    [() => learningCurveBands([{ label: "x", history: [], keptEpoch: 1 }]), /"x" has no epochs/],
    [() => classScores([]), /there are no classes/],
    [() => reliability([]), /there are no images/],
    [() => sizeCurve([]), /there are no series/],
    [() => sizeCurve([{ label: "x", points: [] }]), /"x" has no points/],
    [() => predictionCheck([]), /there are none/],
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

Deno.test("accuracyLadder() goes from chance to people, whatever the order, and invents no interval", async () => {
  const chart = accuracyLadder([
    { label: "me", kind: "human", value: 0.9, low: 0.8, high: 0.96, n: 80 },
    { label: "strong", kind: "model", value: 0.4, low: 0.35, high: 0.45, n: 750 },
    { label: "weak", kind: "model", value: 0.2, low: 0.17, high: 0.23, n: 750 },
    { label: "a paper", kind: "literature", value: 0.55 },
    { label: "guess", kind: "chance", value: 0.0625 },
  ]);
  assert.equal(
    plain(chart.alt),
    "guess 6.25 %; weak 20.0 % [17.0, 23.0]; strong 40.0 % [35.0, 45.0]; a paper 55.0 %; me 90.0 % [80.0, 96.0].",
  );
  const rows = texts(await chart.svg()).filter((text) => ["guess", "weak", "strong", "a paper", "me"].includes(text));
  assert.deepEqual(rows, ["guess", "weak", "strong", "a paper", "me"]);
});

Deno.test("accuracyLadder() keeps rows of one name apart", async () => {
  const rows = (["model", "human", "human"] as const).map((kind, i) => ({ label: "Alex", kind, value: 0.2 + i / 10 }));
  const seen = texts(await accuracyLadder(rows).svg());
  for (const name of ["Alex", "Alex (People)", "Alex (People) 2"]) assert.ok(seen.includes(name), name);
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

Deno.test("literature() puts own results beside each other, and draws without own results or published ones", async () => {
  const point = { estimate: 0.3, low: 0.2, high: 0.4, n: 10 };
  const own = ["a", "b", "c"].map((label) => ({ label, imagesPerClass: 10, accuracy: point, adjusted: point }));
  const alone = literature([], own, { chance: 0.5, band: [5, 20] });
  const { svg, warnings } = await renderSvg(alone.spec, alone.title, alone.alt);
  assert.deepEqual(warnings, []);
  const dots = [...svg.matchAll(/<path [^>]*transform="translate\(([\d.]+),[\d.]+\)"[^>]*stroke-width="1.5"/g)];
  assert.equal(new Set(dots.map(([, x]) => x)).size, 3);
  assert.match(alone.alt, /None is comparable, at 5 to 20 training images per class/);

  const published = {
    dataset: "set",
    classes: 10,
    method: "net",
    kind: "from-scratch",
    imagesPerClass: 0.5,
    accuracy: 0.05,
    adjusted: -0.06,
    citation: "",
    comparable: true,
  } as const;
  const chart = literature([published], [], { adjusted: true, chance: 0.5, band: [5, 20] });
  assert.deepEqual((await renderSvg(chart.spec, chart.title, chart.alt)).warnings, []);
  assert.match(plain(chart.alt), /from scratch −6\.0 % to −6\.0 % \(1\)/);
});

Deno.test("confusion() writes per cent of the true class when asked for shares, classes in the order given", async () => {
  const chart = confusion(["a", "b"], [[3, 1], [0, 9]], { numbers: "shares", order: [1, 0] });
  const seen = texts(await chart.svg());
  assert.deepEqual(seen.filter((text) => /^\d+$/.test(text)), ["100", "25", "75"]);
  assert.ok(seen.indexOf("b") < seen.indexOf("a"));
});

Deno.test("confusion() has a column for images without an answer, and counts them to their class", () => {
  const chart = confusion(["a", "b"], [[2, 0], [0, 3]], { unanswered: [2, 0] });
  const { data } = chart.spec as unknown as { data: { values: Record<string, unknown>[] } };
  assert.deepEqual(data.values.map(({ predicted, share }) => [predicted, share]), [
    ["a", 0.5],
    ["b", 0],
    ["(no answer)", 0.5],
    ["a", 0],
    ["b", 1],
    ["(no answer)", 0],
  ]);
  assert.match(chart.alt, /^5 of 7 images are on the diagonal\./);
});

Deno.test("learningCurveBands() ends where fewer than half of the trainings go on, and leaves out what is no number", () => {
  const row = (epoch: number, loss: number) => ({
    epoch,
    loss,
    accuracy: 0.5,
    validationLoss: 2 * loss,
    validationAccuracy: 0.25,
  });
  const history = (losses: readonly number[]) => losses.map((loss, i) => row(i + 1, loss));
  const chart = learningCurveBands([
    { label: "1", history: history([3, 1, 1, 1]), keptEpoch: 2 },
    { label: "2", history: history([1, 2]), keptEpoch: 1 },
    { label: "3", history: history([NaN]), keptEpoch: 1 },
  ]);
  const { data } = chart.spec as unknown as { data: { values: Record<string, unknown>[] } };
  assert.deepEqual(
    data.values.filter(({ part }) => part === "Training").map((
      { epoch, loss, lossLow, lossHigh, runs },
    ) => [epoch, loss, lossLow, lossHigh, runs]),
    [[1, 2, 1, 3, 3], [2, 1.5, 1, 2, 2]],
  );
});

Deno.test("learningCurveBands() of a run whose loss never was a number still draws", async () => {
  const row = { epoch: 1, loss: NaN, accuracy: 0.1, validationLoss: NaN, validationAccuracy: 0.1 };
  const chart = learningCurveBands([{ label: "diverged", history: [row], keptEpoch: 1 }]);
  const { svg, warnings } = await renderSvg(chart.spec, chart.title, chart.alt);
  assert.deepEqual(warnings, []);
  assert.doesNotMatch(svg + chart.alt, /NaN/);
});

Deno.test("classScores() of very many classes shows the first, and says so", async () => {
  const rows = Array.from({ length: 50 }, (_, i) => ({
    label: `class ${i}`,
    images: 5,
    precision: score(0.5),
    recall: score(0.5),
    f1: score(0.5),
  }));
  const seen = texts(await classScores(rows).svg());
  assert.ok(seen.includes("class 39") && !seen.includes("class 40"));
  assert.ok(seen.some((text) => text.includes("the first 40 of 50 classes")));
});
