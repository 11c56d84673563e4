import assert from "node:assert/strict";
import { join } from "node:path";
import { DiagnosisError } from "../../../lib/diagnose/mod.ts";
import { ownRows, readRow, refusalText } from "../../../lib/diagnose/literature/mod.ts";
import { inTempFolder, write } from "../../_fixtures.ts";

const good = {
  dataset: "Mushrooms",
  classes: 12,
  imagesPerClassTrain: 40,
  method: "ResNet-18",
  methodKind: "fine-tuned",
  accuracy: 0.83,
  citation: { authors: "Smith, Jones", title: "Mushrooms" },
};
const read = (value: unknown) => readRow(value, { file: "literature.json", place: "row 3", own: true });
/** The reasons for refusing the good row with that changed. */
const reasons = (changed: Record<string, unknown>) => {
  const result = read({ ...good, ...changed });
  assert.ok(Array.isArray(result), `${JSON.stringify(changed)} is taken`);
  return result.map(refusalText);
};

Deno.test("readRow() fills in what is left out", () => {
  assert.deepEqual(read(good), {
    ...good,
    imageSize: "size not given",
    pixels: null,
    trainImages: null,
    testImages: null,
    metric: "accuracy",
    optimistic: false,
    overlap: false,
    note: null,
    citation: { authors: "Smith, Jones", title: "Mushrooms", year: null, venue: null, url: null },
    verifiedAt: null,
    file: "literature.json",
  });
  const { imagesPerClassTrain: _, ...rest } = good;
  const counted = read({ ...rest, trainImages: 600 });
  assert.ok(!Array.isArray(counted) && counted.imagesPerClassTrain === 50);
});

Deno.test("readRow() refuses a bad field, naming file, row, field, constraint and value", () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ accuracy: 83 }, "accuracy must be a share from 0 to 1 (per cent divided by 100), got 83"],
    [{ accuracy: -0.1 }, "accuracy must be a share from 0 to 1, got -0.1"],
    [{ accuracy: "0,83" }, 'accuracy must be a share from 0 to 1, got "0,83"'],
    [{ accuracy: NaN }, "accuracy must be a share from 0 to 1, got null"],
    [{ classes: 1 }, "classes must be a whole number of at least 2, got 1"],
    [{ classes: 2.5 }, "classes must be a whole number of at least 2, got 2.5"],
    [{ dataset: " " }, 'dataset must be a text that is not empty, got " "'],
    [{ method: undefined }, "method must be a text that is not empty, got nothing"],
    [
      { methodKind: "cnn" },
      'methodKind must be one of from-scratch, linear-probe, fine-tuned, classic, human, best, got "cnn"',
    ],
    [{ metric: "f1" }, 'metric must be one of accuracy, balanced accuracy, top-5 accuracy, got "f1"'],
    [{ imagesPerClassTrain: 0 }, "imagesPerClassTrain must be a number above 0, got 0"],
    [{ trainImages: 4800 }, "imagesPerClassTrain must be trainImages / classes, 400, got 40"],
    [{ optimistic: "perhaps" }, 'optimistic must be true or false, got "perhaps"'],
    [{ citation: "Smith" }, 'citation must be an object with authors and title, got "Smith"'],
    [{ citation: { authors: "Smith" } }, "citation.title must be a text that is not empty, got nothing"],
    [
      { citation: { ...good.citation, url: "javascript:alert(1)" } },
      'citation.url must be a link that begins with https://, got "javascript:alert(1)"',
    ],
    [{ citation: { ...good.citation, year: 20 } }, "citation.year must be a whole number of at least 1800, got 20"],
  ];
  for (const [changed, reason] of cases) {
    assert.deepEqual(reasons(changed), [`literature.json, row 3: ${reason}`]);
  }
});

Deno.test("readRow() names all that is wrong with a row, and refuses fields it does not know", () => {
  assert.equal(reasons({ accuracy: 2, classes: 0 }).length, 2);
  const [misspelt] = reasons({ acuracy: 0.5 });
  assert.match(misspelt, /row 3: the row must be without fields but dataset, classes, .*, citation, got "acuracy"$/);
  for (const value of [null, 5, "row", [good]]) assert.ok(Array.isArray(read(value)), JSON.stringify(value));
});

Deno.test("readRow() of a row that comes with the workbench wants to know where it was read", () => {
  const [refusal] = readRow(good, { file: "f", place: "row 1", own: false }) as { field: string }[];
  assert.equal(refusal.field, "verifiedAt");
});

Deno.test("ownRows() reads literature.csv in the folder: good rows are used, bad ones refused line by line", () =>
  inTempFolder(async (folder) => {
    const lines = [
      "dataset,classes,imagesPerClassTrain,method,methodKind,accuracy,optimistic,authors,title,year,url",
      'Mushrooms,12,40,"ResNet-18, fine-tuned",fine-tuned,0.83,TRUE,"Smith, Jones",Mushrooms,2021,https://example.org/a',
      "Mushrooms,12,40,ResNet-18,fine-tuned,83,,Smith,Mushrooms,,",
      "",
      "Mushrooms,twelve,40,ResNet-18,transfer,0.8,,Smith,Mushrooms,,",
      "Mushrooms,12,40,ResNet-18,fine-tuned,0,8,,Smith,Mushrooms,,",
    ];
    await write(join(folder, "literature.csv"), "\ufeff" + lines.join("\r\n"));
    const { rows, refused } = await ownRows({ folder });
    assert.equal(rows.length, 1);
    assert.deepEqual(
      [rows[0].method, rows[0].accuracy, rows[0].optimistic, rows[0].citation.year, rows[0].file],
      ["ResNet-18, fine-tuned", 0.83, true, 2021, "literature.csv"],
    );
    assert.deepEqual(refused.map(refusalText), [
      "literature.csv, line 3: accuracy must be a share from 0 to 1 (per cent divided by 100), got 83",
      'literature.csv, line 5: classes must be a whole number of at least 2, got "twelve"',
      "literature.csv, line 5: methodKind must be one of from-scratch, linear-probe, fine-tuned, classic, human, best, " +
      'got "transfer"',
      "literature.csv, line 6: the row must be 11 values, as the header has, got 12",
    ]);
  }));

Deno.test("ownRows() reads literature.json beside it, and a file at a path instead", () =>
  inTempFolder(async (folder) => {
    await write(join(folder, "literature.json"), JSON.stringify([good, { ...good, accuracy: null }]));
    const inFolder = await ownRows({ folder });
    assert.deepEqual([inFolder.rows.length, inFolder.refused.length], [1, 1]);
    await write(join(folder, "lab", "ours.json"), JSON.stringify([good, good]));
    assert.equal((await ownRows({ folder, file: join(folder, "lab", "ours.json") })).rows.length, 2);
  }));

Deno.test("ownRows() refuses a file that is not what its name says as a whole, and a missing one loudly", () =>
  inTempFolder(async (folder) => {
    assert.deepEqual(await ownRows({ folder }), { rows: [], refused: [] });
    assert.deepEqual(await ownRows({ folder: "" }), { rows: [], refused: [] });
    for (const [name, content] of [["literature.json", "{]"], ["literature.json", "{}"], ["literature.csv", ""]]) {
      await write(join(folder, name), content);
      const { refused } = await ownRows({ file: join(folder, name) });
      assert.match(
        refusalText(refused[0]),
        new RegExp(`^${name}: the file must be a (JSON|CSV) file .*, got an error: `),
      );
    }
    await assert.rejects(
      ownRows({ file: join(folder, "none.csv") }),
      (error) => error instanceof DiagnosisError && /none\.csv": it does not exist/.test(error.message),
    );
  }));
