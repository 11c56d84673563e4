import assert from "node:assert/strict";
import { anchorsOf, commandsOf, localLinks } from "./_commands.ts";
import { planOf } from "./_rules.ts";

const PAGE = `# A page

Call \`deno task report
--help\`, or \`deno task …\`. Not \`report\`.

\`\`\`sh
# a comment
npx -y deno@2 task report --quick   # to see it
deno task fly
rm -rf everything
\`\`\`

\`\`\`ts
deno task no command
\`\`\`
`;

Deno.test("commandsOf() takes lines of sh without comments, and commands within sentences, with their lines", () => {
  assert.deepEqual(commandsOf("p.md", PAGE).map(({ line, text, inline }) => [line, text, inline]), [
    [3, "deno task report --help", true],
    [8, "npx -y deno@2 task report --quick", false],
    [9, "deno task fly", false],
    [10, "rm -rf everything", false],
  ]);
});

Deno.test("planOf() puts small limits on what takes long, and knows neither other tasks nor other programs", () => {
  const plans = commandsOf("p.md", PAGE).map((command) => planOf(command, ["report"], false));
  assert.deepEqual(plans.map((plan) => plan?.run), [
    "deno task report --help",
    "deno task report --only 01 --budget 5s",
    undefined,
    undefined,
  ]);
});

Deno.test("localLinks() and anchorsOf() agree on what a heading is called", () => {
  const text = "# What is this, really?\n[a](#what-is-this-really) [b](../x.md#y) [c](https://deno.com)\n";
  assert.deepEqual(localLinks(text), [
    { line: 2, path: "", anchor: "what-is-this-really" },
    { line: 2, path: "../x.md", anchor: "y" },
  ]);
  assert.ok(anchorsOf(text).has("what-is-this-really"));
});
