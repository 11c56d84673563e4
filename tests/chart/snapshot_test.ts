import assert from "node:assert/strict";
import { examples } from "./_charts.ts";

const FOLDER = new URL("snapshots/", import.meta.url);

/**
 * Charts are compared with those in `snapshots/`, numbers rounded to whole pixels. After a change that is meant:
 * `UPDATE_SNAPSHOTS=1 deno test -A tests/chart`, and look at what git shows.
 */
const update = Deno.env.get("UPDATE_SNAPSHOTS") === "1";

for (const [name, chart] of Object.entries(examples("cat"))) {
  Deno.test(`${name} looks as it did`, async () => {
    const svg = normalised(await chart.svg());
    const file = new URL(`${name}.svg.snap`, FOLDER);
    if (update) {
      await Deno.mkdir(FOLDER, { recursive: true });
      await Deno.writeTextFile(file, svg);
    }
    assert.equal(svg, await Deno.readTextFile(file));
  });
}

/** One element a line, places in whole pixels, no running numbers. */
function normalised(svg: string): string {
  return svg
    .replace(/(\bid="|url\(#)([a-z_]+)\d+/g, "$1$2")
    .replace(/ (?:d|transform|x2|y2|width|height|viewBox)="[^"]*"/g, (attribute) =>
      // Adding 0 turns −0 into 0.
      attribute.replace(/-?\d+\.\d+/g, (number) => String(Math.round(Number(number)) + 0)))
    .replaceAll("><", ">\n<") + "\n";
}
