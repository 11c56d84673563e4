import assert from "node:assert/strict";
import { draw } from "../../../lib/improve/search/draw.ts";
import { AS_IT_IS, searchSpace } from "../../../lib/improve/search/space.ts";
import type { Parameter } from "../../../lib/improve/search/types.ts";
import type { VerdictName } from "../../../lib/diagnose/mod.ts";

const of = (verdict: VerdictName, counts: readonly number[] = []) => {
  const records = counts.flatMap((count, label) => Array.from({ length: count }, () => ({ label })));
  return searchSpace({ verdict }, { classes: counts.map(String), development: [...records.keys()], records });
};
const names = (verdict: VerdictName) => of(verdict).parameters.map(({ name }) => name);
const valuesOf = (verdict: VerdictName, name: string) => {
  const parameter = of(verdict).parameters.find((one) => one.name === name)!;
  return parameter.kind === "choice" ? parameter.values : [parameter.low, parameter.high];
};

Deno.test("searchSpace() holds training back where it overfits: regularisation, varied images, no more width", () => {
  for (const name of ["weightDecay", "dropout", "labelSmoothing", "mixing", "augmentation"]) {
    assert.ok(names("overfitting").includes(name), name);
  }
  assert.ok(valuesOf("overfitting", "width").every((width) => Number(width) <= 1));
  assert.equal(of("overfitting").time, 1);
});

Deno.test("searchSpace() gives capacity, time and larger steps where it underfits, and nothing that holds back", () => {
  assert.ok(valuesOf("underfitting", "width").every((width) => Number(width) >= 1));
  assert.ok(of("underfitting").time > 1);
  assert.ok(Number(valuesOf("underfitting", "learningRate")[1]) > Number(valuesOf("overfitting", "learningRate")[1]));
  for (const name of ["weightDecay", "dropout", "labelSmoothing", "mixing"]) {
    assert.ok(!names("underfitting").includes(name), name);
  }
});

Deno.test("searchSpace() takes smaller steps where the loss diverges", () => {
  assert.ok(Number(valuesOf("diverging", "learningRate")[1]) <= Number(AS_IT_IS.learningRate));
});

Deno.test("searchSpace() tries class weights only where classes are uneven", () => {
  const balanced = (counts: number[]) => of("overfitting", counts).parameters.some(({ name }) => name === "balance");
  assert.equal(balanced([47, 46, 47]), false);
  assert.equal(balanced([100, 46, 47]), true);
});

Deno.test("every parameter of every space has a value that training without a search has", () => {
  for (const verdict of ["overfitting", "underfitting", "diverging", "good-fit"] as const) {
    for (const { name } of of(verdict).parameters) assert.ok(name in AS_IT_IS, name);
  }
});

Deno.test("draw() gives the same trials for the same seed, others for another, and a longer list goes on from a shorter", () => {
  const { parameters } = of("overfitting");
  assert.deepEqual(draw(parameters, 6, 1), draw(parameters, 12, 1).slice(0, 6));
  assert.notDeepEqual(draw(parameters, 6, 1), draw(parameters, 6, 2));
});

Deno.test("draw() stays within the space, evenly on a logarithmic scale, and never draws the same twice", () => {
  const rate: Parameter = { kind: "log", name: "rate", label: "Rate", low: 1e-4, high: 1e-2, why: "" };
  const rates = draw([rate], 400, 1).map((settings) => Number(settings.rate));
  assert.ok(Math.min(...rates) >= 1e-4 && Math.max(...rates) <= 1e-2);
  assert.equal(new Set(rates).size, rates.length);
  const two: Parameter = { kind: "choice", name: "n", label: "N", values: [1, 2], why: "" };
  assert.equal(draw([two], 10, 1).length, 2);
  const below = draw([rate, two], 200, 1).filter((settings) => Number(settings.rate) < 1e-3).length;
  assert.ok(below > 70 && below < 130, String(below));
});
