import assert from "node:assert/strict";
import { Marked } from "marked";
import { escapeHtml, escapeMarkdown, escapeTerminal } from "../../lib/display/mod.ts";

const HOSTILE = [
  "<script>alert(1)</script>",
  `"><img src=x onerror='alert(1)'>`,
  "[x](javascript:alert(1))",
  "![x](http://example.org/x.png)",
  "https://example.org www.example.org <https://example.org>",
  "*a* _b_ **c** `d` ~~e~~ &amp; $x$ # | \\",
];

Deno.test("escapeHtml() leaves no character that opens a tag, an entity or ends an attribute", () => {
  assert.equal(escapeHtml(`<a href="x">&'</a>`), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;");
  for (const text of HOSTILE) assert.doesNotMatch(escapeHtml(text), /[<>"']/);
});

Deno.test("escapeMarkdown() shows any text literally", () => {
  const marked = new Marked({ gfm: true });
  for (const text of HOSTILE) {
    const html = marked.parseInline(escapeMarkdown(text)) as string;
    assert.equal(html, escapeHtml(text));
  }
});

Deno.test("escapeMarkdown() keeps a name within its line and its table cell", () => {
  assert.equal(escapeMarkdown("a\n\n# b"), "a \\# b");
  const html = new Marked().parse(`| a |\n|---|\n| ${escapeMarkdown("x | y\n| z")} |`) as string;
  assert.equal(html.match(/<td>/g)?.length, 1);
});

Deno.test("escapeTerminal() lets no control sequence through", () => {
  assert.equal(escapeTerminal("a\x1b[31mred\x07\u202eb\u009b"), "a\ufffd[31mred\ufffd\ufffdb\ufffd");
  assert.equal(escapeTerminal("two\r\nlines\tand a tab"), "two lines and a tab");
  assert.equal(escapeTerminal("Größe 😀 日本"), "Größe 😀 日本");
});
