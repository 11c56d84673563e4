import assert from "node:assert/strict";
import { matchByName } from "../../../lib/diagnose/literature/mod.ts";
import { row } from "./_rows.ts";

const known = [
  { dataset: "CIFAR-10", classes: 10, aliases: ["cifar10png"] },
  { dataset: "CIFAR-100", classes: 100, aliases: [] },
  { dataset: "Oxford-IIIT Pets", classes: 37, aliases: ["oxfordpets"] },
];
const named = (name: string, classes: number) => matchByName(name, classes, known, [])?.dataset ?? null;

Deno.test("matchByName() looks past case, punctuation and words like dataset and images", () => {
  for (const name of ["CIFAR-10", "cifar10", "cifar_10", "Cifar 10 images", "cifar10-dataset-master", "cifar10png"]) {
    assert.equal(named(name, 10), "CIFAR-10", name);
  }
  assert.equal(named("cifar-100", 100), "CIFAR-100");
  assert.equal(named("Oxford_Pets_v1", 37), "Oxford-IIIT Pets");
});

Deno.test("matchByName() finds nothing in other names, in parts of names or in no name", () => {
  for (const name of ["my cifar10 copy", "cifar", "emoji16", "", "images", "データ"]) {
    assert.equal(named(name, 10), null, name);
  }
});

Deno.test("matchByName() says when classes are missing, and allows for a background class", () => {
  assert.deepEqual(matchByName("cifar10", 3, known, []), { dataset: "CIFAR-10", classes: 10, complete: false });
  assert.equal(matchByName("oxfordpets", 38, known, [])!.complete, true);
});

Deno.test("matchByName() finds the data sets of a person's own rows", () => {
  const rows = [row({ dataset: "Our mushrooms", classes: 12 })];
  assert.deepEqual(matchByName("our-mushrooms", 12, known, rows), {
    dataset: "Our mushrooms",
    classes: 12,
    complete: true,
  });
});
