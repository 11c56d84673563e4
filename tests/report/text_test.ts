import assert from "node:assert/strict";
import { ansiToHtml, stripAnsi } from "../../lib/report/ansi.ts";
import { highlight } from "../../lib/report/code.ts";
import { MarkdownRenderer } from "../../lib/report/markdown.ts";
import { tableCsv } from "../../lib/report/mod.ts";

const markdown = (source: string) => new MarkdownRenderer().render(source);

Deno.test("markdown shows raw HTML as text", () => {
  const html = markdown("a <script>alert(1)</script> b\n\n<iframe src=x></iframe>\n\n<img src=x onerror=alert(1)>");
  assert.doesNotMatch(html, /<(script|iframe|img)/);
  assert.match(html, /&lt;script&gt;/);
});

Deno.test("markdown links to the web and within the report, and nowhere else", () => {
  assert.match(markdown("[a](https://example.org/?x=1&y=2)"), /<a href="https:\/\/example\.org\/\?x=1&amp;y=2"/);
  assert.match(markdown("[a](02_baselines.html#b)"), /<a href="02_baselines\.html#b"/);
  assert.doesNotMatch(markdown("[a](javascript:alert(1)) [b](data:text/html,x) [c](file:///etc/passwd)"), /<a /);
});

Deno.test("markdown loads no picture from elsewhere", () => {
  assert.equal(markdown("![an owl](http://example.org/owl.png)"), "<p>an owl</p>\n");
  assert.match(
    markdown("![an owl](data:image/png;base64,AAAA)"),
    /<img src="data:image\/png;base64,AAAA" alt="an owl">/,
  );
});

Deno.test("markdown headings have ids of their own, also when they say the same", () => {
  const renderer = new MarkdownRenderer();
  renderer.render("## Größe & *Farbe*");
  renderer.render("## Größe & Farbe\n\n## <b>");
  assert.deepEqual(renderer.headings, [
    { level: 2, text: "Größe & Farbe", id: "größe-farbe" },
    { level: 2, text: "Größe & Farbe", id: "größe-farbe-2" },
    { level: 2, text: "<b>", id: "b" },
  ]);
});

Deno.test("terminal text: colours become classes, other sequences go, rewritten lines keep their last state", () => {
  assert.equal(
    ansiToHtml("a \u001b[31mred\u001b[1m bold\u001b[0m b"),
    'a <span class="ansi-fg-red">red</span><span class="ansi-fg-red ansi-bold"> bold</span> b',
  );
  assert.equal(ansiToHtml("10%\r20%\rdone\nnext\r\n"), "done\nnext\n");
  assert.equal(ansiToHtml("\u001b[2K\u001b[1A\u001b]8;;http://x\u0007link\u001b]8;;\u0007 \u0007"), "link ");
  assert.equal(ansiToHtml("\u001b[38;5;196m<b>\u001b[39m"), "&lt;b&gt;");
  assert.equal(stripAnsi("\u001b[31mred\u001b[0m"), "red");
});

Deno.test("code is escaped and highlighted", () => {
  const html = highlight('const a: string = "<script>"; // </code>');
  assert.match(html, /<span class="hljs-keyword">const<\/span>/);
  assert.doesNotMatch(html.replace(/<\/?span[^>]*>/g, ""), /[<>]/);
});

Deno.test("tableCsv() writes RFC 4180, numbers unrounded, nothing for what is missing", () => {
  const csv = tableCsv({
    id: "t",
    title: "T",
    columns: [{ key: "a", label: 'A, "quoted"' }, { key: "b", label: "B", unit: "share" }],
    rows: [{ a: "one\ntwo", b: 0.123456789 }, { a: null, b: -1 }, { b: NaN, a: "x" }],
  });
  assert.equal(csv, '"A, ""quoted""",B\r\n"one\ntwo",0.123456789\r\n,-1\r\nx,\r\n');
});

Deno.test("tableCsv() gives an interval's bounds columns of their own", () => {
  const columns = [{ key: "name", label: "Model" }, {
    key: "accuracy",
    label: "Accuracy",
    unit: "share" as const,
    bounds: ["low", "high"] as const,
  }];
  const rows = [{ name: "a", accuracy: 0.5, low: 0.25, high: 0.75 }, { name: "b", accuracy: 1, low: null, high: null }];
  assert.equal(
    tableCsv({ id: "t", title: "", columns, rows }),
    'Model,Accuracy,"Accuracy, from","Accuracy, to"\r\na,0.5,0.25,0.75\r\nb,1,,\r\n',
  );
});

Deno.test("tableCsv() defuses texts that a spreadsheet would run", () => {
  const hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", '=HYPERLINK("http://example.org")', "fine = fine"];
  const csv = tableCsv({
    id: "t",
    title: "",
    columns: [{ key: "a", label: "=A" }],
    rows: hostile.map((a) => ({ a })),
  });
  assert.deepEqual(csv.split("\r\n"), [
    "'=A",
    "'=1+1",
    "'+1",
    "'-1",
    "'@SUM(A1)",
    "'\t=1",
    "' =1",
    `"'=HYPERLINK(""http://example.org"")"`,
    "fine = fine",
    "",
  ]);
});
