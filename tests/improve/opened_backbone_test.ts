import assert from "node:assert/strict";
import { join } from "node:path";
import * as engine from "../../lib/engine/mod.ts";
import { openBackbone, openBackbones } from "../../lib/improve/mod.ts";
import { inTempFolder, write } from "../_fixtures.ts";
import { asking } from "../hub/_hub.ts";
import { download } from "../../lib/hub/mod.ts";
import { tinyOnnx } from "../model/_tiny_onnx.ts";

Deno.test("openBackbone() shows the card, where each entry comes from, and what is a mere guess", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "net <b>.onnx");
    await write(path, tinyOnnx());
    const opened = await openBackbone(path);
    assert.equal(opened.backbone?.size, 16);
    assert.equal(opened.reason, null);
    assert.match(opened.text(), /size +16 x 16 +guessed \(sure\): its input takes \[any, 3, 16, 16\]/);
    assert.deepEqual(opened.findings.findings.map(({ code }) => code), ["backbone-guessed"]);
    assert.ok(!opened.html().includes("<b>"));
    assert.equal(opened.record().tables?.length, 1);
  }));

Deno.test("openBackbone() makes a file that cannot be used a finding that says what was not run, and why", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "net.onnx");
    await write(path, "no network");
    const opened = await openBackbone(path);
    assert.equal(opened.backbone, null);
    const [{ code, severity, sentence }] = opened.record().findings!;
    assert.deepEqual([code, severity], ["backbone-not-run", "warning"]);
    assert.match(sentence, /^Not run with "net\.onnx": .*it is no ONNX model\.$/);
    assert.match(opened.html(), /it is no ONNX model/);
  }));

Deno.test("openBackbone() says of a network on Hugging Face how it is had, and why that failed", () =>
  inTempFolder(async () => {
    assert.match((await openBackbone("hf:a/b")).reason!, /not downloaded yet; `deno task backbone hf:a\/b`/);
    assert.match((await openBackbone("hf:a")).reason!, /must be hf:OWNER\/NAME/);
    await asking("http://127.0.0.1:9", async () => { // the port of "discard": nobody is there
      await assert.rejects(download("hf:a/b"));
    });
    assert.match((await openBackbone("hf:a/b")).reason!, /cannot be reached/);
  }));

Deno.test("the bundled network is there without a path", async () => {
  await engine.use("onnx");
  assert.equal((await openBackbone("")).backbone?.name, "coco-mobilenet-v3");
});

Deno.test("openBackbones() opens several, and goes on where one cannot be used", async () => {
  await engine.use("cpu");
  const opened = await openBackbones("hf:a, no/such.onnx");
  assert.deepEqual([opened.opened.length, opened.usable.length], [2, 0]);
  assert.equal(opened.first.name, "coco-mobilenet-v3");
  assert.equal((opened.record()!.findings ?? []).length, 2);
  const bundled = await openBackbones("");
  assert.deepEqual([bundled.usable, bundled.opened[0].backbone?.name], [[], "coco-mobilenet-v3"]);
});
