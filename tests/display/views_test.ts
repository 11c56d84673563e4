import assert from "node:assert/strict";
import {
  bundle,
  type Figure,
  Figures,
  findingHtml,
  type FindingRecord,
  findings,
  Group,
  ImageGrid,
  jupyterDisplay,
  RECORD_MIME,
  type Severity,
  type Shown,
  type Table,
  tableHtml,
  tableText,
  TableView,
} from "../../lib/display/mod.ts";

const HOSTILE = `<script>alert("1")</script>`;
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

const figure: Figure = {
  id: "accuracy",
  label: `Accuracy ${HOSTILE}`,
  value: 0.271,
  low: 0.239,
  high: 0.306,
  unit: "share",
  n: 750,
  groups: 402,
  method: "bootstrap over groups",
};

const finding: FindingRecord = {
  code: "overfitting",
  severity: "warning",
  sentence: `Overfitting in ${HOSTILE}.`,
  evidence: [figure],
  remedy: "Collect more images.",
  expectedGain: { id: "gain", label: "Twice the images", value: 0.05, low: 0.01, high: 0.09, unit: "points" },
};

const table: Table = {
  id: "classes",
  title: `Classes ${HOSTILE}`,
  columns: [
    { key: "name", label: "Class" },
    { key: "images", label: "Images", unit: "count" },
    { key: "accuracy", label: "Accuracy", unit: "share" },
    { key: "loss", label: HOSTILE },
  ],
  rows: [
    { name: HOSTILE, images: 12345, accuracy: 0.5, loss: 2.771 },
    { name: "日本", images: 2, accuracy: null, loss: 0.3 },
  ],
};

const grid = new ImageGrid({
  title: HOSTILE,
  alt: "Three pictures",
  rows: [
    { label: HOSTILE, images: [{ src: Uint8Array.of(1, 2, 3), mime: "image/webp", alt: HOSTILE, caption: HOSTILE }] },
    { label: "empty", images: [] },
  ],
});

const VIEWS: Record<string, Shown> = {
  Figures: new Figures([figure]),
  FindingView: findings([finding]),
  TableView: new TableView(table, { note: HOSTILE }),
  ImageGrid: grid,
  Group: new Group(new Figures([figure]), new TableView(table)),
};

Deno.test("views show themselves as HTML and plain text, with everything escaped", () => {
  for (const [name, view] of Object.entries(VIEWS)) {
    const shown = view[jupyterDisplay]();
    const html = shown["text/html"] as string;
    assert.ok(html.includes("&lt;script&gt;"), name);
    assert.doesNotMatch(html, /<script/, name);
    assert.doesNotMatch(html, /alert\("/, name);
    assert.equal(shown["text/plain"], view.text(), name);
    assert.ok((shown["text/plain"] as string).length > 0, name);
  }
});

Deno.test("views print their plain text in a terminal", () => {
  for (const [name, view] of Object.entries(VIEWS)) assert.equal(Deno.inspect(view), view.text(), name);
});

Deno.test("views carry what they say in data", () => {
  assert.deepEqual(VIEWS.Figures[jupyterDisplay]()[RECORD_MIME], { figures: [figure] });
  assert.deepEqual(VIEWS.FindingView[jupyterDisplay]()[RECORD_MIME], { findings: [finding] });
  assert.deepEqual(VIEWS.TableView[jupyterDisplay]()[RECORD_MIME], { tables: [table] });
  assert.deepEqual(VIEWS.Group[jupyterDisplay]()[RECORD_MIME], { figures: [figure], tables: [table] });
  assert.ok(!(RECORD_MIME in grid[jupyterDisplay]()));
});

Deno.test("bundle() leaves out the forms that are not given", () => {
  assert.deepEqual(bundle({ text: "a" }), { "text/plain": "a" });
  assert.deepEqual(bundle({ text: "a", html: "<b>a</b>", markdown: "**a**", extra: { "image/png": "x" } }), {
    "text/plain": "a",
    "text/html": "<b>a</b>",
    "text/markdown": "**a**",
    "image/png": "x",
  });
});

Deno.test("tableHtml() scrolls by itself and right-aligns columns of numbers", () => {
  const html = tableHtml(table);
  assert.match(html, /^<div class="plateau-table" tabindex="0"/);
  assert.equal(html.match(/<th scope="col" class="plateau-number">/g)?.length, 3);
  assert.ok(plain(html).includes('<td class="plateau-number">12 345</td>'));
  assert.ok(plain(html).includes('<td class="plateau-number">50.0 %</td>'));
  assert.ok(html.includes('<td class="plateau-number">–</td>'));
});

Deno.test("an interval stands in one cell of a table, its bounds behind the estimate", () => {
  const columns = [
    { key: "name", label: "Model" },
    { key: "gain", label: "Gain", unit: "points" as const, bounds: ["low", "high"] as const },
  ];
  const rows = [{ name: "a", gain: 0.1, low: -0.02, high: 0.22 }, { name: "b", gain: null, low: null, high: null }];
  const shown = { id: "t", title: "", columns, rows };
  assert.deepEqual(plain(tableText(shown)).split("\n").slice(2), [
    "a      +10 points [−2, 22]",
    "b                        –",
  ]);
  assert.match(plain(tableHtml(shown)), /<td class="plateau-number">\+10 points \[−2, 22\]<\/td>/);
});

Deno.test("tableText() aligns columns, numbers to the right, wide characters counted as two", () => {
  const simple = {
    ...table,
    title: "",
    columns: table.columns.slice(0, 3),
    rows: [{ ...table.rows[0], name: "cat" }, table.rows[1]],
  };
  assert.deepEqual(plain(tableText(simple)).split("\n"), [
    "Class  Images  Accuracy",
    "─────  ──────  ────────",
    "cat    12 345    50.0 %",
    "日本        2         –",
  ]);
});

Deno.test("findings mark their severity with a sign and a word, not by colour alone", () => {
  const severities: Severity[] = ["error", "warning", "info", "good"];
  const shown = severities.map((severity) => findings([{ ...finding, severity }]));
  const words = ["Error", "Warning", "Note", "Good"];
  const marks = shown.map((view, index) => {
    assert.ok(view.html().includes(words[index]));
    assert.ok(view.text().includes(words[index]));
    return view.text().slice(0, 1);
  });
  assert.equal(new Set(marks).size, 4);
});

Deno.test("findings say evidence with its basis, the remedy and the measured gain", () => {
  const text = plain(findings([finding]).text());
  assert.ok(text.includes("27.1 % [23.9, 30.6] (750 images, 402 groups; bootstrap over groups)"));
  assert.ok(text.includes("What to do: Collect more images."));
  assert.ok(text.includes("Measured gain: Twice the images, +5.0 points [1.0, 9.0]"));
  const good = findings([{ ...finding, severity: "good", remedy: "", expectedGain: undefined, evidence: [] }]);
  assert.doesNotMatch(good.text() + good.html(), /What to do|Measured gain|<ul/);
});

Deno.test("a gain whose interval contains 0 is said to be none that can be told, alike in words and in HTML", () => {
  const withGain = (value: number, low: number, high: number) => {
    const view = findings([{ ...finding, expectedGain: { ...finding.expectedGain!, value, low, high, n: 188 } }]);
    return { text: plain(view.text()), html: plain(view.html()) };
  };
  const untold = withGain(0.012, -0.02, 0.04);
  assert.ok(untold.text.includes("No effect can be told: +1.2 points [−2.0, 4.0] (Twice the images)"), untold.text);
  assert.ok(untold.html.includes("<strong>No effect can be told:</strong> +1.2 points [−2.0, 4.0] (Twice the images)"));
  assert.doesNotMatch(untold.text + untold.html, /Measured/);
  assert.ok(untold.html.includes('<span class="plateau-basis">188 images</span>'));
  assert.match(withGain(0, 0, 0.04).text, /No effect can be told/);
  assert.match(withGain(-0.05, -0.09, -0.01).text, /Measured loss: Twice the images, −5\.0 points/);
  assert.match(withGain(0.05, 0.01, 0.09).html, /<strong>Measured gain:<\/strong> Twice the images, \+5\.0 points/);
});

Deno.test("findingHtml() shows the first numbers at once and the others on demand", () => {
  const numbers = Array.from({ length: 5 }, (_, i) => ({ ...figure, id: `n${i}`, label: `number ${i}` }));
  const html = findingHtml({ ...finding, evidence: numbers }, {
    shownNumbers: 3,
    source: "<a>where</a>",
    chart: "<i></i>",
  });
  const [open, closed] = html.split("<details");
  assert.ok(open.includes("number 2") && !open.includes("number 3"));
  assert.match(closed, /<summary>2 more numbers<\/summary>.*number 3.*number 4/);
  assert.ok(html.includes("Warning <a>where</a></p>") && html.endsWith("<i></i></section>"));
  assert.match(findingHtml(finding, { shownNumbers: 0 }), /<summary>1 number<\/summary>/);
  assert.doesNotMatch(findingHtml({ ...finding, evidence: numbers }), /<details/);
});

Deno.test("no findings are said to be none", () => {
  assert.equal(findings([]).text(), "No findings.");
});

Deno.test("ImageGrid has its pictures in itself, with alt texts", () => {
  assert.ok(grid.html().includes('<img src="data:image/webp;base64,AQID" width="80" height="80" alt="&lt;script&gt;'));
  assert.match(grid.text(), /1 picture\n {2}empty: 0 pictures$/);
});

Deno.test("ImageGrid takes a part of a larger buffer as it is", () => {
  const bytes = Uint8Array.of(9, 9, 1, 2, 3, 9).subarray(2, 5);
  const view = new ImageGrid({
    title: "",
    rows: [{ label: "", images: [{ src: bytes, mime: "image/jpeg", alt: "" }] }],
  });
  assert.ok(view.html().includes("base64,AQID"));
});
