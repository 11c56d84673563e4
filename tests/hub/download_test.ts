import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { download, downloaded, HubError, reference } from "../../lib/hub/mod.ts";
import { inTempFolder } from "../_fixtures.ts";
import { asking, fakeHub } from "./_hub.ts";

const text = (content: string) => new TextEncoder().encode(content);
const weights = (length: number) => Uint8Array.from({ length }, (_, i) => i * 7 % 251);

Deno.test("download() takes onnx/model.onnx with what says how pixels are prepared, once", () =>
  inTempFolder(async () => {
    const files = {
      "README.md": text("hello"),
      "onnx/model.onnx": weights(5000),
      "onnx/model_quantized.onnx": weights(50),
      "preprocessor_config.json": text("{}"),
    };
    await using hub = fakeHub("some/net", files);
    await asking(hub.address, async () => {
      const seen: number[] = [];
      const path = await download("hf:some/net", { onProgress: ({ done }) => seen.push(done) });
      assert.deepEqual(await Deno.readFile(path), files["onnx/model.onnx"]);
      assert.deepEqual(await Deno.readTextFile(join(dirname(path), "preprocessor_config.json")), "{}");
      const card = JSON.parse(await Deno.readTextFile(join(dirname(path), "card.json")));
      assert.deepEqual(card, { description: "net by some, from Hugging Face.", licence: "mit" });
      assert.equal(await downloaded("hf:some/net"), path);
      assert.equal(seen.at(-1), 5002);
      assert.deepEqual(hub.asked, [
        "/api/models/some/net?blobs=true",
        "/some/net/resolve/0123abc/onnx/model.onnx",
        "/some/net/resolve/0123abc/preprocessor_config.json",
      ]);
      assert.equal(await download("hf:some/net"), path);
      assert.equal(hub.asked.length, 4); // the list alone
    });
  }));

Deno.test("download() takes a model.json with all of its weights", () =>
  inTempFolder(async () => {
    const manifest = { weightsManifest: [{ paths: ["a.bin", "b.bin"], weights: [] }] };
    const files = { "model.json": text(JSON.stringify(manifest)), "a.bin": weights(200), "b.bin": weights(30) };
    await using hub = fakeHub("some/net", files);
    await asking(hub.address, async () => {
      const path = await download("hf:some/net");
      assert.equal(basename(path), "model.json");
      for (const name of ["a.bin", "b.bin"] as const) {
        assert.deepEqual(await Deno.readFile(join(dirname(path), name)), files[name]);
      }
    });
  }));

Deno.test("download() that was stopped goes on from there", () =>
  inTempFolder(async () => {
    await using hub = fakeHub("some/net", { "model.onnx": weights(5000) });
    hub.breakAfter = 2000;
    await asking(hub.address, async () => {
      await assert.rejects(download("hf:some/net"), /the connection broke after 2000 of 5000 bytes of model.onnx/);
      await assert.rejects(downloaded("hf:some/net"), /the connection broke/);
      const path = await download("hf:some/net");
      assert.deepEqual(await Deno.readFile(path), weights(5000));
      assert.equal(hub.asked.at(-1), "/some/net/resolve/0123abc/model.onnx bytes=2000-");
    });
  }));

Deno.test("download() refuses a file that is not what the hub lists, small or large, and keeps nothing of it", () =>
  inTempFolder(async () => {
    for (const length of [50, 5000]) {
      await using hub = fakeHub("some/net", { "model.onnx": weights(length) }, { wrongHash: true });
      await asking(hub.address, async () => {
        await assert.rejects(
          download("hf:some/net"),
          /model.onnx must have \d+ bytes with the hash \w+, what came has/,
        );
      });
      const left = await Array.fromAsync(Deno.readDir(join(reference("hf:some/net").folder, "0123abc")));
      assert.deepEqual(left, []);
    }
  }));

Deno.test("download() says what is wrong in one line: no network, no such model, no file to use", () =>
  inTempFolder(async () => {
    let closed = "";
    {
      await using hub = fakeHub("some/net", { "pytorch_model.bin": weights(9), "README.md": weights(9) });
      closed = hub.address;
      await asking(hub.address, async () => {
        await assert.rejects(download("hf:other/net"), (error) => {
          assert.ok(error instanceof HubError);
          assert.match(
            error.message,
            /^Cannot download the backbone "hf:other\/net": .* has no such model.*\(status 404\)$/,
          );
          return true;
        });
        await assert.rejects(download("hf:some/net"), /it must have .* or one \.onnx file, it has pytorch_model\.bin$/);
      });
    }
    await asking(closed, async () => {
      await assert.rejects(download("hf:some/net"), /^HubError: .*"hf:some\/net": http.* cannot be reached \(.+\)$/);
    });
  }));

Deno.test("a reference names an owner and a network, and leads nowhere else", async () => {
  assert.equal(reference("hf:facebook/dinov2-small").name, "dinov2-small");
  for (const wrong of ["hf:", "hf:net", "hf:a/b/c", "hf:../b", "hf:a/..", "hf:a b/c", "hf:a/b?x", "a/b"]) {
    assert.throws(() => reference(wrong), /it must be hf:OWNER\/NAME/, wrong);
  }
  await inTempFolder(() =>
    assert.rejects(downloaded("hf:a/b"), /it is not downloaded yet; `deno task backbone hf:a\/b` does that/)
  );
});
