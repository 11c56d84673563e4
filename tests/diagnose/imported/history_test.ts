import assert from "node:assert/strict";
import { join } from "node:path";
import { DiagnosisError, type ImportedHistory, importHistory } from "../../../lib/diagnose/mod.ts";
import { inTempFolder, write } from "../../_fixtures.ts";

async function read(text: string, name = "run.csv"): Promise<ImportedHistory> {
  let history: ImportedHistory;
  await inTempFolder(async (folder) => {
    await write(join(folder, name), text);
    history = await importHistory(join(folder, name));
  });
  return history!;
}

async function refused(text: string, message: RegExp, name = "run.csv"): Promise<void> {
  await assert.rejects(read(text, name), (error: Error) => {
    assert.ok(error instanceof DiagnosisError, String(error));
    assert.match(error.message, message);
    assert.ok(error.message.includes(name), `names the file: ${error.message}`);
    return true;
  });
}

const numbers = ({ history }: ImportedHistory) =>
  history.map(({ epoch, loss, accuracy, validationLoss, validationAccuracy }) => [
    epoch,
    loss,
    accuracy,
    validationLoss,
    validationAccuracy,
  ]);

const TWO_EPOCHS = [[1, 2.5, 0.25, 2.6, 0.125], [2, 1.5, 0.5, 2.4, 0.25]];

Deno.test("importHistory() reads Keras's CSVLogger, whose epochs count from 0", async () => {
  const history = await read("epoch,accuracy,loss,val_accuracy,val_loss\n0,0.25,2.5,0.125,2.6\n1,0.5,1.5,0.25,2.4\n");
  assert.deepEqual(numbers(history), TWO_EPOCHS);
  assert.equal(history.name, "run");
  assert.equal((await read("loss,acc,val_loss,val_acc\n1,0,1,0\n", "<my> run.csv")).name, "my-run");
  assert.deepEqual(history.notes, []);
});

Deno.test("importHistory() reads epochs from 1, other names of accuracy, further columns and semicolons", async () => {
  for (const name of ["acc", "sparse_categorical_accuracy", "categorical_accuracy"]) {
    const text =
      `epoch;${name};learning_rate;loss;val_${name};val_loss\n1;0.25;0.001;2.5;0.125;2.6\n2;0.5;0.001;1.5;0.25;2.4\n`;
    assert.deepEqual(numbers(await read(text)), TWO_EPOCHS);
  }
});

Deno.test("importHistory() reads what pandas makes of a history: no epochs, an index without a name", async () => {
  const text = ",loss,accuracy,val_loss,val_accuracy\n0,2.5,0.25,2.6,0.125\n1,1.5,0.5,2.4,0.25\n";
  assert.deepEqual(numbers(await read(text)), TWO_EPOCHS);
});

Deno.test("importHistory() reads history.history, with what Python writes for numbers that are none", async () => {
  const lists = '"loss": [2.5, 1.5], "accuracy": [0.25, 0.5], "val_loss": [2.6, 2.4], "val_accuracy": [0.125, 0.25]';
  assert.deepEqual(numbers(await read(`{${lists}, "lr": [0.1, 0.1]}`, "history.json")), TWO_EPOCHS);
  assert.deepEqual(numbers(await read(`{"history": {${lists}}, "epoch": [0, 1]}`, "history.json")), TWO_EPOCHS);
  const broken = await read(`{${lists.replace("1.5]", "NaN]").replace("2.4]", "Infinity]")}}`, "history.json");
  assert.ok(Number.isNaN(broken.history[1].loss));
  assert.equal(broken.history[1].validationLoss, Infinity);
});

Deno.test("importHistory() reads what pandas makes of history.history as JSON, and one object for each epoch", async () => {
  const pandas = {
    loss: { 0: 2.5, 1: 1.5 },
    accuracy: { 0: 0.25, 1: 0.5 },
    val_loss: { 0: 2.6, 1: 2.4 },
    val_accuracy: { 0: 0.125, 1: 0.25 },
  };
  assert.deepEqual(numbers(await read(JSON.stringify(pandas), "history.json")), TWO_EPOCHS);
  const rows = [
    { epoch: 0, loss: 2.5, accuracy: 0.25, val_loss: 2.6, val_accuracy: 0.125 },
    { epoch: 1, loss: 1.5, accuracy: 0.5, val_loss: 2.4, val_accuracy: 0.25 },
  ];
  assert.deepEqual(numbers(await read(JSON.stringify(rows), "history.json")), TWO_EPOCHS);
});

Deno.test("importHistory() reads Lightning's CSV, with training and validation in rows of their own", async () => {
  const text = [
    "epoch,step,test_acc,test_loss,train_acc,train_loss,val_acc,val_loss",
    "0,9,,,,,0.125,2.6",
    "0,9,,,0.25,2.5,,",
    "1,19,,,,,0.25,2.4",
    "1,19,,,0.5,1.5,,",
    "2,20,0.3,2.2,,,,",
  ].join("\n");
  const history = await read(text, "metrics.csv");
  assert.deepEqual(numbers(history), TWO_EPOCHS);
  assert.deepEqual(history.notes, []);
});

Deno.test("importHistory() prefers Lightning's values of an epoch to those of steps, and else takes their mean", async () => {
  const both = [
    "epoch,step,train_acc_epoch,train_acc_step,train_loss_epoch,train_loss_step,val_acc,val_loss",
    "0,4,,0.9,,9,,",
    "0,9,,,,,0.125,2.6",
    "0,9,0.25,,2.5,,,",
    "1,19,,,,,0.25,2.4",
    "1,19,0.5,,1.5,,,",
  ];
  assert.deepEqual(numbers(await read(both.join("\n"))), TWO_EPOCHS);

  const steps = [
    "epoch,step,train_acc,train_loss,val_acc,val_loss",
    "0,4,0,3,,",
    "0,9,0.5,2,,",
    "0,9,,,0.125,2.6",
    "1,14,0.5,1.5,,",
    "1,19,,,0.25,2.4",
  ];
  const history = await read(steps.join("\n"));
  assert.deepEqual(numbers(history), TWO_EPOCHS);
  assert.match(history.notes.join(), /mean of what was written within each epoch/);
});

Deno.test("importHistory() leaves out a last epoch that was not finished, and says so", async () => {
  const text =
    "epoch,step,train_acc,train_loss,val_acc,val_loss\n0,9,0.25,2.5,0.125,2.6\n1,9,0.5,1.5,0.25,2.4\n2,9,0.6,1.2,,\n";
  const history = await read(text);
  assert.deepEqual(numbers(history), TWO_EPOCHS);
  assert.deepEqual(history.notes, ["Epoch 2, which was not finished, is left out."]);
});

Deno.test("importHistory() refuses a history without one of the four series, naming it and what there is", async () => {
  await refused(
    "epoch,loss,val_loss\n0,1,1\n",
    /needs the accuracy on the training images .* and has epoch, loss, val_loss/,
  );
  await refused("epoch,loss,accuracy\n0,1,0.1\n", /needs the loss on the validation images \(val_loss\)/);
  await refused('{"loss": [1], "val_loss": [1], "accuracy": [1]}', /val_accuracy, val_acc/, "h.json");
});

Deno.test("importHistory() refuses values that cannot be: per cent, words, shares below 0", async () => {
  const row = (values: string) => `epoch,loss,accuracy,val_loss,val_accuracy\n${values}\n`;
  await refused(row("0,2,43.5,2,0.4"), /"accuracy" must be a share from 0 to 1, on line 2 it is 43\.5 \(in per cent\?/);
  await refused(row("0,2,0.4,2,-0.1"), /"val_accuracy" must be a share from 0 to 1, on line 2 it is -0\.1$/);
  await refused(row("0,tensor(2.1),0.4,2,0.4"), /"loss" must be a number, on line 2 it is "tensor\(2\.1\)"/);
  await refused(row("one,2,0.4,2,0.4"), /"epoch" must be a number/);
  await refused(row("0.5,2,0.4,2,0.4"), /"epoch" must be a whole number from 0/);
});

Deno.test("importHistory() refuses several trainings in one file, gaps, and epochs without validation", async () => {
  const head = "epoch,loss,accuracy,val_loss,val_accuracy\n";
  await refused(
    `${head}0,2,0.4,2,0.4\n1,2,0.4,2,0.4\n0,2,0.4,2,0.4\n`,
    /on line 4 epoch 0 comes after 1: .*several trainings/,
  );
  await refused(`${head}0,2,0.4,2,0.4\n0,2,0.4,2,0.4\n`, /one value for each epoch, epoch 0 has more \(line 3\)/);
  await refused(`${head}0,2,0.4,2,0.4\n5,2,0.4,2,0.4\n`, /must follow each other, on line 3 epoch 5 comes after 0/);
  await refused(
    `${head}0,2,0.4,,\n1,2,0.4,2,0.4\n`,
    /epoch 0 has no loss on the validation images .* measure after every/,
  );
  await refused(`${head}0,NA,NA,NA,NA\n`, /no epoch with values/);
});

Deno.test("importHistory() refuses files that are none, and says why", async () => {
  await refused("x", /must be a \.csv or \.json file, it is \.pkl/, "history.pkl");
  await refused("", /it is empty/);
  await refused("epoch,loss\n", /a header and no rows/);
  await refused("loss,loss\n1,2\n", /"loss" stands there twice/);
  await refused("a,b\n1\n", /invalid record length/i);
  await refused("{", /must be JSON/, "h.json");
  await refused("3", /one list for each metric, and is none/, "h.json");
  await refused("{}", /has no list/, "h.json");
  await refused('{"loss": [1, 2], "val_loss": [1]}', /equally long, they have 2 \(loss\), 1 \(val_loss\)/, "h.json");
  await assert.rejects(
    importHistory("/nowhere/run.csv"),
    /Cannot read the history "\/nowhere\/run\.csv": it does not exist/,
  );
});
