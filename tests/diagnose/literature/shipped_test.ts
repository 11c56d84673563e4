import assert from "node:assert/strict";
import { citedFact, knownDatasets, matchByName, shippedRows } from "../../../lib/diagnose/literature/mod.ts";
import { shortCitation } from "../../../lib/diagnose/literature/_words.ts";

Deno.test("every row that comes with the workbench is valid, says where it was read and by whom it is", async () => {
  const rows = await shippedRows();
  assert.ok(rows.length > 300, `${rows.length}`);
  for (const row of rows) {
    assert.ok(row.verifiedAt, row.method);
    assert.ok(row.citation.url !== null && row.citation.year !== null, row.method);
    assert.match(shortCitation(row.citation), /^\S.* (19|20)\d\d$/);
  }
  const keys = rows.map(({ dataset, method, imagesPerClassTrain, citation, accuracy }) =>
    JSON.stringify([dataset, method, imagesPerClassTrain, citation.title, accuracy])
  );
  assert.equal(new Set(keys).size, keys.length, "a row is there twice");
});

Deno.test("the rows have all kinds of methods, and the small sizes that this is for", async () => {
  const rows = await shippedRows();
  const kinds = Map.groupBy(rows, ({ methodKind }) => methodKind);
  for (const kind of ["from-scratch", "linear-probe", "fine-tuned", "classic", "human", "best"] as const) {
    assert.ok(kinds.get(kind)!.length >= 4, kind);
  }
  const small = rows.filter(({ imagesPerClassTrain: n }) => n !== null && n <= 100);
  assert.ok(small.length > 120, `${small.length}`);
});

Deno.test("every known data set has rows, under one number of classes, and is found by each of its names", async () => {
  const [known, rows] = await Promise.all([knownDatasets(), shippedRows()]);
  assert.ok(known.length >= 15);
  for (const { dataset, classes, aliases } of known) {
    const some = rows.filter((row) => row.dataset === dataset);
    assert.ok(some.length > 0 && some.every((row) => row.classes === classes), dataset);
    for (const name of [dataset, ...aliases]) {
      assert.deepEqual(matchByName(name, classes, known, rows), { dataset, classes, complete: true }, name);
    }
  }
});

Deno.test("a fact is cited with its source; an unknown one is refused with what there is", async () => {
  assert.match(
    await citedFact("tune-baseline"),
    /^An ordinary network .*\(Brigato, .* 2021, Tune It or Don't Use It\)\.$/,
  );
  await assert.rejects(citedFact("magic"), /Cannot cite the fact "magic": there are learning-curve, /);
});

Deno.test("what doubling the images does to the error follows from the rows", async () => {
  const rows = await shippedRows();
  const curve = (title: RegExp, dataset: string, method: RegExp, sizes: readonly [number, number]) => {
    const [few, many] = sizes.map((n) =>
      rows.find((row) =>
        title.test(row.citation.title) && row.dataset === dataset && method.test(row.method) &&
        row.imagesPerClassTrain === n
      )!
    );
    return Math.log((1 - few.accuracy) / (1 - many.accuracy)) / Math.log(sizes[1] / sizes[0]);
  };
  const exponents = [
    curve(/^USB/, "CIFAR-10", /^WRN-28-2 /, [25, 400]),
    curve(/Scattering/, "CIFAR-10", /^WRN baseline/, [10, 100]),
    curve(/^USB/, "CIFAR-100", /^WRN-28-2 /, [4, 100]),
    curve(/^USB/, "SVHN", /^WRN-28-2 /, [25, 100]),
    curve(/TLlib/, "CUB-200-2011", /plain ERM/, [4.5, 30]),
  ];
  const factors = exponents.map((exponent) => 2 ** -exponent);
  const [low, high] = [Math.min(...factors), Math.max(...factors)].map((factor) => factor.toFixed(2));
  assert.match(await citedFact("learning-curve-small"), new RegExp(`by ${low} to ${high}`));
});

Deno.test("no text that comes with the rows names a place that a reader cannot go to", async () => {
  const folder = new URL("../../../data/literature/", import.meta.url);
  for (const file of ["literature.json", "datasets.json", "facts.json"]) {
    assert.doesNotMatch(
      await Deno.readTextFile(new URL(file, folder)),
      /\bids? \d{6}|from memory|stored (full )?text/i,
    );
  }
});
