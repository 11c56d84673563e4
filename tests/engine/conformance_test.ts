import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readExclusions } from "../../tools/conformance/exclusions.ts";

Deno.test("tfjs-core's own specs pass on the onnx engine, but for those that are excluded with a reason", async () => {
  const { success, stdout, stderr } = await new Deno.Command("deno", {
    args: ["task", "--quiet", "test:conformance"],
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.ok(success, `${out}\n${err}`);
  const passed = Number(out.match(/(\d+) passed, 0 failed/)?.[1]);
  assert.ok(passed >= 4100, out);
});

Deno.test("an exclusion without a reason is refused, naming its line", () => {
  assert.throws(() => readExclusions("# heading\n\na spec | \n"), /line 3/);
  assert.deepEqual([...readExclusions("# heading\na | b | reason\n")], [["a | b", "reason"]]);
});
