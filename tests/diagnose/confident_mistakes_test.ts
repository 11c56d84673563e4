import assert from "node:assert/strict";
import { confidentMistakes } from "../../lib/diagnose/mod.ts";
import { labelled, predicted } from "./_predictions.ts";

const dataset = labelled([20, 20], { names: ["cat <1>", "dog"] });

Deno.test("confidentMistakes() shows the surest mistakes first, with both classes, confidence and path", async () => {
  const result = await confidentMistakes(
    predicted(
      dataset,
      (image, label) => image % 4 === 0 ? { said: 1 - label, p: 0.6 + image / 100 } : { said: label, p: 1 },
    ),
    dataset,
    { most: 3 },
  );
  assert.equal(result.wrong, 10);
  assert.deepEqual(
    result.mistakes.map(({ path, truth, said, confidence }) => [path, truth, said, Math.round(100 * confidence)]),
    [["dog/16.png", "dog", "cat <1>", 96], ["dog/12.png", "dog", "cat <1>", 92], ["dog/8.png", "dog", "cat <1>", 88]],
  );
  assert.ok(Math.abs(result.mistakes[0].given - 0.04) < 1e-6);
  const html = result.html();
  assert.ok(html.includes("dog, said cat &lt;1&gt; (96\u00a0%): dog/16.png"));
  assert.ok(!html.includes("<1>"));
  assert.match(html, /10 images of 40 are classified wrong; here are the 3 said with the highest confidence/);
  assert.equal(result.record().tables![0].rows.length, 3);
});

Deno.test("confidentMistakes() leaves out images without an answer, and says when nothing is wrong", async () => {
  const diverged = await confidentMistakes(predicted(dataset, () => null), dataset);
  assert.equal(diverged.mistakes.length, 0);
  const perfect = await confidentMistakes(predicted(dataset, (_i, label) => ({ said: label, p: 1 })), dataset);
  assert.match(perfect.html(), /net classifies no image wrong/);
  assert.doesNotMatch(Deno.inspect(diverged), /NaN|undefined/);
});
