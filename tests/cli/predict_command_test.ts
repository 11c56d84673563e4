import assert from "node:assert/strict";
import { join } from "node:path";
import { predict } from "../../lib/cli/predict.ts";
import { fit, save } from "../../lib/pipeline/mod.ts";
import { write } from "../_fixtures.ts";
import { HEAD, withPaintings } from "../pipeline/_small.ts";

async function run(...args: string[]) {
  const out: string[] = [], errors: string[] = [];
  const status = await predict(args, { print: (text) => out.push(text), printError: (text) => errors.push(text) });
  return { status, out: out.join("\n"), errors: errors.join("\n") };
}

Deno.test("predict names class and probability, marks what is unlike training, names bad files and goes on", () =>
  withPaintings(async (images, folder) => {
    const none = await run(join(folder, "data"));
    assert.equal(none.status, 1);
    assert.match(none.errors, /there is no pipeline yet\. `deno task report` fits one/);

    await save(await fit(images, images.development, HEAD, { folds: images.folds(2, { seed: 1 }) }));
    const disc = join(folder, "data", "test", "disc");
    await write(join(disc, "x.png"), "no image");
    const said = await run(disc, join(folder, "nowhere.png"));
    assert.equal(said.status, 1);
    assert.equal(said.out.split("\n").length, 4);
    assert.match(said.out.split("\n")[0], /disc[/]0\.png: (disc|box|cross), \d+\u00a0%/);
    assert.match(said.errors, /x\.png": a text, not an image/);
    assert.match(said.errors, /nowhere\.png": there is no such file or folder/);

    const json = await run("--json", join(disc, "0.png"));
    assert.equal(json.status, 0);
    const { classes, predictions } = JSON.parse(json.out);
    assert.deepEqual(classes, ["box", "cross", "disc"]);
    assert.equal(predictions.length, 1);
    assert.equal(predictions[0].probabilities[classes.indexOf(predictions[0].class)], predictions[0].probability);
    assert.equal(typeof predictions[0].unlike, "boolean");
  }));

Deno.test("predict says how it is called where nothing is named, or an option is unknown", async () => {
  assert.equal((await run()).status, 2);
  assert.match((await run("--what")).errors, /Unknown option '--what'/);
  assert.equal((await run("--help")).status, 0);
});
