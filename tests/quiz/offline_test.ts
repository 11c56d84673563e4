import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import sharp from "sharp";
import { open } from "../../lib/dataset/mod.ts";
import { drawQuestions, offlineQuiz } from "../../lib/quiz/mod.ts";
import { inTempFolder, picture, write } from "../_fixtures.ts";

interface Content {
  readonly questions: number;
  readonly images: readonly { readonly hash: string; readonly jpeg: string }[];
  readonly pictures: readonly (readonly string[])[];
}

Deno.test("offlineQuiz() has the images without metadata, and no label, path or file name of any it asks about", () =>
  inTempFolder(async (folder) => {
    for (const name of ["boot", "sandal"]) {
      for (let i = 0; i < 12; i++) {
        const bytes = await sharp(await picture({ seed: `${name}${i}`, width: 60, height: 60 }))
          .withExif({ IFD0: { Artist: "A. Secret" } }).jpeg().toBuffer();
        await write(join(folder, "data", name, `taken-at-home-${name}-${i}.jpg`), new Uint8Array(bytes));
      }
    }
    const dataset = await open(join(folder, "data"), { size: 16 });
    const questions = drawQuestions(dataset, { images: 8 });
    const html = await offlineQuiz(dataset, questions, { rater: "Ada" });
    assert.ok(!html.includes("taken-at-home") && !html.includes(folder));
    assert.doesNotMatch(html, /(src|href)="(?!data:)/);
    assert.doesNotMatch(html, /https?:\/\//);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1];
    assert.match(policy, /^default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-/);
    assert.doesNotMatch(policy, /unsafe|self|connect/);

    const json = /<script type="application\/json" id="quiz-data">(.*)<\/script>/.exec(html)![1];
    const content: Content = JSON.parse(json);
    assert.deepEqual(
      Object.keys(content).sort(),
      ["asked", "classes", "dataset", "images", "pictures", "questions", "rater", "references"],
    );
    assert.deepEqual(content.images.map(({ hash }) => hash), questions.images.map((i) => dataset.records[i].hash));
    for (const image of content.images) assert.deepEqual(Object.keys(image), ["hash", "jpeg"]);
    for (const jpeg of [...content.images.map(({ jpeg }) => jpeg), ...content.pictures.flat()]) {
      const { format, exif, icc, xmp } = await sharp(Buffer.from(jpeg, "base64")).metadata();
      assert.deepEqual([format, exif, icc, xmp], ["jpeg", undefined, undefined, undefined]);
    }
    // Nothing is told by the order either: the first half is not one class.
    const labels = questions.images.map((i) => dataset.records[i].label);
    assert.notDeepEqual(labels, labels.toSorted());
  }));

Deno.test("offlineQuiz() shows hostile class names as text", () =>
  inTempFolder(async (folder) => {
    const hostile = "<script>alert(1)</script><!--";
    const rows = ["file_name,label"];
    for (let i = 0; i < 12; i++) {
      await write(join(folder, `${i}.png`), await picture({ seed: i }));
      rows.push(`${i}.png,${i % 2 === 0 ? hostile : "plain"}`);
    }
    await write(join(folder, "metadata.csv"), rows.join("\n"));
    const dataset = await open(folder, { size: 16 });
    const html = await offlineQuiz(dataset, drawQuestions(dataset, { images: 4 }), { rater: `"><b>` });
    assert.ok(!html.includes("<script>alert") && !html.includes(`"><b>`));
    assert.equal(html.match(/<script/g)?.length, html.match(/<\/script>/g)?.length);
  }));
