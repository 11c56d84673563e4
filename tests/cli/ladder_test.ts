import assert from "node:assert/strict";
import { ladder } from "../../lib/cli/_ladder.ts";
import { accuracy, result } from "../report/_ladder.ts";

Deno.test("ladder() draws what was measured, and nothing where nothing was", async () => {
  const facts = { available: ["03_c"], ownModel: false };
  assert.equal(await ladder([result("03_c")], facts), undefined);
  const drawn = await ladder([result("03_c", accuracy("m", { of: "<b>mine</b>" }))], facts);
  assert.match(drawn!.chart.svg!, /&lt;b&gt;mine&lt;\/b&gt;/);
  assert.match(drawn!.chart.text, /<b>mine<\/b> 25\.0.%/);
  assert.match(drawn!.notes.join(), /Your own model: `deno task report --model FILE\.ts`/);
  assert.doesNotMatch(
    (await ladder([result("03_c", accuracy("m"))], { ...facts, ownModel: true }))!.notes.join(),
    /own/,
  );
});
