import assert from "node:assert/strict";
import { join } from "node:path";
import {
  DiagnosisError,
  type ImportedPredictions,
  type ImportOptions,
  importPredictions,
  type NamedImages,
  ownPredictions,
} from "../../../lib/diagnose/mod.ts";
import { inTempFolder, write } from "../../_fixtures.ts";

/** cat/0 to cat/2, dog/0 to dog/2 and dog/only; the last of each class is sealed. */
function pets(source: "folder" | "seed" = "folder"): NamedImages {
  const paths = ["cat/0.png", "cat/1.png", "cat/2.png", "dog/0.png", "dog/1.png", "dog/2.png", "dog/only.png"];
  return {
    classes: ["cat", "dog"],
    grouped: false,
    records: paths.map((path) => ({ path, label: path.startsWith("cat") ? 0 : 1, group: path })),
    development: [0, 1, 3, 4, 6],
    test: { source },
  };
}

async function read(text: string, images = pets(), options: ImportOptions = {}): Promise<ImportedPredictions> {
  let predictions: ImportedPredictions;
  await inTempFolder(async (folder) => {
    await write(join(folder, "said.csv"), text);
    predictions = await importPredictions(join(folder, "said.csv"), images, options);
  });
  return predictions!;
}

async function refused(text: string, message: RegExp, images = pets(), options: ImportOptions = {}): Promise<void> {
  await assert.rejects(read(text, images, options), (error: Error) => {
    assert.ok(error instanceof DiagnosisError, String(error));
    assert.match(error.message, message);
    assert.ok(error.message.includes("said.csv"), `names the file: ${error.message}`);
    return true;
  });
}

Deno.test("importPredictions() reads paths and probabilities, in any order of columns, and counts what is right", async () => {
  const said = await read("dog,path,cat\n0.25,cat/0.png,0.75\n0.25,dog/1.png,0.75\n1,dog/only.png,0\n");
  assert.deepEqual(said.images, [0, 4, 6]);
  assert.deepEqual([...said.probabilities], [0.75, 0.25, 0.75, 0.25, 0, 1]);
  assert.deepEqual(said.correct, [true, false, true]);
  assert.equal(said.folds, 1);
  assert.equal(said.name, "said");
  assert.deepEqual(said.notes, []);
});

Deno.test("importPredictions() knows images by absolute paths, Windows paths and unique names", async () => {
  const head = "path,cat,dog\n";
  assert.deepEqual((await read(`${head}/home/me/data/cat/0.png,1,0\n/home/me/data/dog/1.png,0,1\n`)).images, [0, 4]);
  assert.deepEqual((await read(`${head}C:\\data\\cat\\0.png,1,0\n.\\dog\\1.png,0,1\n`)).images, [0, 4]);
  assert.deepEqual((await read(`${head}only.png,0,1\n`)).images, [6]);
});

Deno.test("importPredictions() knows images whose folder is called otherwise in the data set", async () => {
  const images = pets();
  const split = { ...images, records: images.records.map((record) => ({ ...record, path: `train/${record.path}` })) };
  assert.deepEqual((await read("path,cat,dog\n/a/raw/cat/0.png,1,0\n/a/raw/dog/1.png,0,1\n", split)).images, [0, 4]);
});

Deno.test("importPredictions() names unknown, ambiguous and doubled paths", async () => {
  const head = "path,cat,dog\n";
  await refused(
    `${head}cat/0.png,1,0\ncow/0.png,1,0\n`,
    /1 of its 2 paths is of no image of the data set: "cow\/0\.png"/,
  );
  await refused(
    `${head}0.png,1,0\n`,
    /"0\.png" \(line 2\) can be cat\/0\.png and dog\/0\.png: write the path with its folder/,
  );
  await refused(
    `${head}cat/0.png,1,0\n/x/cat/0.png,1,0\n`,
    /each image must be listed once, "\/x\/cat\/0\.png" stands on line 2 and on line 3/,
  );
});

Deno.test("importPredictions() wants a path and one column for each class, and names those that lack", async () => {
  await refused("name,cat,dog\ncat/0.png,1,0\n", /needs a column "path", and has name, cat and dog/);
  await refused(
    "path,cat\ncat/0.png,1\n",
    /a column for each class, named as the class; dog has none \(the columns are path and cat\)/,
  );
  assert.deepEqual((await read("file_name,cat,dog,note\ncat/0.png,1,0,hm\n")).images, [0]);
});

Deno.test("importPredictions() says what it found where there should be probabilities", async () => {
  const row = (values: string) => `path,cat,dog\ncat/0.png,${values}\n`;
  await refused(row("2.5,-1.5"), /between 0 and 1, on line 2 "cat" is 2\.5 \(are these logits\?/);
  await refused(row("60,40"), /"cat" is 60 \(are these per cent\? Divide by 100\)/);
  await refused(row("0.5,0.4"), /must sum to 1, on line 2 they sum to 0\.9/);
  await refused(row("nan,nan"), /"cat" is NaN \(the model says nothing/);
  await refused(row("0.5,"), /"dog" must be a probability, on line 2 it is empty/);
  await refused(row("0.5,much"), /"dog" must be a number, on line 2 it is "much"/);
  assert.equal((await read(row("0.3333,0.6670"))).images.length, 1, "rounded to four decimals");
});

Deno.test("importPredictions() checks labels, where there are any, against the data set", async () => {
  assert.deepEqual((await read("path,label,cat,dog\ncat/0.png,cat,1,0\n")).correct, [true]);
  await refused(
    "path,label,cat,dog\ncat/0.png,dog,1,0\n",
    /the label on line 2 is "dog", but cat\/0\.png is of the class "cat"/,
  );
});

Deno.test("importPredictions() leaves out training images, and counts the models of several folds", async () => {
  const said = await read(
    "path,split,fold,cat,dog\ncat/0.png,train,0,1,0\ncat/1.png,val,0,1,0\ndog/0.png,val,1,0,1\n",
  );
  assert.deepEqual(said.images, [1, 3]);
  assert.equal(said.folds, 2);
  assert.deepEqual(said.notes, ["Left out: 1 training image."]);
  await refused("path,split,cat,dog\ncat/0.png,train,1,0\n", /all its rows are of training images/);
  await refused("path,fold,cat,dog\ncat/0.png,,1,0\n", /"fold" must say which of several models it was, on line 2/);
});

Deno.test("importPredictions() keeps the test set sealed: refused where the folders name it, left out where it was drawn", async () => {
  const text = "path,cat,dog\ncat/1.png,1,0\ncat/2.png,1,0\n";
  await refused(text, /1 image \(as cat\/2\.png\) is in the test set, which stays sealed until the verdict/);
  const said = await read(text, pets("seed"));
  assert.deepEqual(said.images, [1]);
  assert.deepEqual([...said.probabilities], [1, 0]);
  assert.match(said.notes.join(), /^Left out: 1 image of the test set that was drawn here/);
  await refused(text, /stays sealed/, pets("seed"), { sealed: "refuse" });
  assert.deepEqual((await read(text, pets("folder"), { sealed: "leave-out" })).images, [1]);
  await refused("path,cat,dog\ncat/2.png,1,0\n", /every image it names \(1\) is in the test set/, pets("seed"));
});

Deno.test("importPredictions() refuses files that are none", async () => {
  await refused("", /it is empty/);
  await refused("path,cat,dog\n", /a header and no rows/);
  await assert.rejects(importPredictions("/nowhere/said.csv", pets()), /Cannot read the predictions .* does not exist/);
  await assert.rejects(importPredictions("/nowhere/said.npy", pets()), /must be a \.csv file, it is \.npy/);
});

Deno.test("a class may be called as one of the columns that have a meaning", async () => {
  const images = { ...pets(), classes: ["label", "split"] };
  const said = await read("path,label,split\ncat/0.png,0.25,0.75\n", images);
  assert.deepEqual([...said.probabilities], [0.25, 0.75]);
});

Deno.test("ownPredictions() is null where no file was given", async () => {
  assert.equal(await ownPredictions("", pets()), null);
});
