import assert from "node:assert/strict";
import { Figures, jupyterDisplay } from "../../lib/display/mod.ts";
import { sanitise } from "../../lib/report/mod.ts";

/** What must never come out, whatever goes in. */
const DANGEROUS =
  /<\/?(script|style|iframe|object|embed|link|meta|base|form|input|foreignobject|animate|set|use|image|template|math)\b|<[^>]*\son\w+\s*=|javascript:|<[^>]*url\((?!#)|<!--/i;

const ATTACKS = [
  `<script>alert(1)</script>`,
  `<SCRIPT SRC=//example.org/x.js></SCRIPT>`,
  `<scr<script>ipt>alert(1)</scr</script>ipt>`,
  `<img src=x onerror=alert(1)>`,
  `<img src="data:image/svg+xml,<svg onload=alert(1)>">`,
  `<a href="java&#115;cript:alert(1)">x</a>`,
  `<a href=" jav\tascript:alert(1)">x</a>`,
  `<a href="javascript&colon;alert(1)">x</a>`,
  `<a href='x' onclick='alert(1)'>x</a>`,
  `<p style="background:url(http://example.org);position:fixed">x</p>`,
  `<p style="width:expression(alert(1))">x</p>`,
  `<svg><script>alert(1)</script></svg>`,
  `<svg><style><img src=x onerror=alert(1)></style></svg>`,
  `<svg><foreignObject><iframe src=x></iframe></foreignObject></svg>`,
  `<svg><title><img src=x onerror=alert(1)></title></svg>`,
  `<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>`,
  `<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`,
  `<svg><use href="http://example.org/#x"/></svg>`,
  `<svg><rect fill="url(http://example.org/x)"/></svg>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>`,
  `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
  `<textarea><script>alert(1)</script></textarea>`,
  `<!--><img src=x onerror=alert(1)>-->`,
  `<p title='"><img src=x onerror=alert(1)>'>x</p>`,
  `<img alt="<b onclick=alert(1)>" src=x`,
  `<iframe srcdoc="<script>alert(1)</script>">`,
  `<base href="http://example.org"><meta http-equiv=refresh content=0><link rel=stylesheet href=x>`,
];

Deno.test("sanitise() lets nothing through that runs or loads", () => {
  for (const attack of ATTACKS) {
    const out = sanitise(`<div>${attack}`);
    // Attribute values may say anything, as text.
    assert.doesNotMatch(
      out.replace(/"[^"]*"/g, (value) => /javascript:|url\((?!#)/i.test(value) ? value : '""'),
      DANGEROUS,
      attack,
    );
  }
});

Deno.test("sanitise() closes what was left open and drops ends without a beginning", () => {
  assert.equal(sanitise("</div><b>a<i>b</b></p> 1 < 2 > 0"), "<b>a<i>b</i></b> 1 &lt; 2 &gt; 0");
  assert.equal(sanitise("<table><tr><td>1"), "<table><tr><td>1</td></tr></table>");
  assert.equal(sanitise("a<p"), "a<p></p>");
});

Deno.test("sanitise() keeps text, entities and structure as they are", () => {
  const html =
    '<div class="plateau-table" tabindex="0"><table><tr><th scope="col">a &lt; b &amp; c</th></tr></table></div>';
  assert.equal(sanitise(html), html);
});

Deno.test("sanitise() keeps the results of lib/display whole, but for their style", () => {
  const figures = new Figures([{ id: "a", label: "<script>", value: 1, unit: "count", n: 3 }]);
  const shown = figures[jupyterDisplay]()["text/html"] as string;
  assert.ok(shown.startsWith("<style>"));
  assert.equal(sanitise(shown), figures.html().replaceAll("&#39;", "'"));
});

Deno.test("sanitise() gives ids a prefix, and references with them", () => {
  assert.equal(
    sanitise('<svg viewBox="0 0 1 1"><clipPath id="c"><rect width="1"/></clipPath><g clip-path="url(#c)"></g></svg>', {
      idPrefix: "o1-",
    }),
    '<svg viewbox="0 0 1 1"><clippath id="o1-c"><rect width="1"/></clippath><g clip-path="url(#o1-c)"></g></svg>',
  );
});

Deno.test("sanitise() replaces pictures on request, and those from elsewhere always", () => {
  const embedded = '<img src="data:image/png;base64,AAAA" width="80" alt="an &quot;owl&quot;">';
  assert.match(sanitise(embedded), /^<img src="data:image\/png;base64,AAAA" width="80" alt="an &quot;owl&quot;"/);
  const omitted = sanitise(embedded, { omitImages: true });
  assert.doesNotMatch(omitted, /<img|base64/);
  assert.match(omitted, /aria-label="Picture left out: an &quot;owl&quot;"/);
  assert.doesNotMatch(sanitise('<img src="http://example.org/x.png">'), /<img|example/);
});
