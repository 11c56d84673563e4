import assert from "node:assert/strict";
import {
  chanceAdjusted,
  differences,
  distance,
  isComparable,
  nearestFirst,
  publishedGains,
} from "../../../lib/diagnose/literature/mod.ts";
import { expectations } from "../../../lib/diagnose/literature/expectation.ts";
import { shortCitation } from "../../../lib/diagnose/literature/_words.ts";
import { row } from "./_rows.ts";

const setting = { classes: 10, imagesPerClass: 50, pixels: 64 };

Deno.test("chanceAdjusted() is 0 for guessing, 1 for always right, negative below chance", () => {
  assert.equal(chanceAdjusted(1 / 16, 16), 0);
  assert.equal(chanceAdjusted(1, 16), 1);
  assert.equal(chanceAdjusted(0.75, 2), 0.5);
  assert.equal(chanceAdjusted(0, 2), -1);
  assert.throws(() => chanceAdjusted(0.5, 1), /classes must be at least 2, got 1/);
});

Deno.test("distance() is 0 for the very setting and counts doublings, images per class the most", () => {
  assert.equal(distance(row(), setting), 0);
  assert.equal(distance(row({ imagesPerClassTrain: 100 }), setting), 1);
  assert.equal(distance(row({ imagesPerClassTrain: 25 }), setting), 1);
  assert.equal(distance(row({ classes: 40 }), setting), 1);
  assert.equal(distance(row({ pixels: 32 }), setting), 0.25);
  assert.equal(distance(row({ pixels: null }), setting), distance(row({ pixels: 256 }), setting));
  assert.equal(distance(row({ imagesPerClassTrain: null }), setting), Infinity);
});

Deno.test("nearestFirst() ranks settings, keeps the order of equals and leaves out rows of unknown size", () => {
  const rows = [
    row({ method: "far", imagesPerClassTrain: 5000 }),
    row({ method: "unknown", imagesPerClassTrain: null }),
    row({ method: "twice the classes", classes: 20 }),
    row({ method: "same a" }),
    row({ method: "same b" }),
    row({ method: "half the pixels", pixels: 32 }),
    row({ method: "half the images", imagesPerClassTrain: 25 }),
  ];
  assert.deepEqual(nearestFirst(rows, setting).map(({ method }) => method), [
    "same a",
    "same b",
    "half the pixels",
    "twice the classes",
    "half the images",
    "far",
  ]);
});

Deno.test("isComparable() takes half to twice the images and an eighth to eight times the classes", () => {
  const cases: [Parameters<typeof row>[0], boolean][] = [
    [{ imagesPerClassTrain: 25 }, true],
    [{ imagesPerClassTrain: 100 }, true],
    [{ imagesPerClassTrain: 24 }, false],
    [{ imagesPerClassTrain: 101 }, false],
    [{ imagesPerClassTrain: null }, false],
    [{ classes: 80 }, true],
    [{ classes: 81 }, false],
    [{ metric: "top-5 accuracy" }, false],
    [{ metric: "balanced accuracy" }, true],
    [{ methodKind: "best" }, false],
    // People need no training images.
    [{ methodKind: "human", imagesPerClassTrain: 6000 }, true],
    [{ methodKind: "human", classes: 1000 }, false],
    [{ methodKind: "human", metric: "top-5 accuracy" }, false],
  ];
  for (const [parts, expected] of cases) {
    assert.equal(isComparable(row(parts), setting), expected, JSON.stringify(parts));
  }
});

Deno.test("isComparable() with two classes finds the ten-class rows, not those of a hundred classes", () => {
  const two = { ...setting, classes: 2 };
  assert.ok(isComparable(row({ classes: 10 }), two));
  assert.ok(!isComparable(row({ classes: 100 }), two));
});

Deno.test("differences() names what differs, and nothing where nothing does", () => {
  assert.deepEqual(differences(row(), setting), []);
  assert.deepEqual(
    differences(
      row({
        imagesPerClassTrain: 25,
        classes: 100,
        pixels: 32,
        metric: "balanced accuracy",
        optimistic: true,
        overlap: true,
        note: "one seed",
      }),
      setting,
    ),
    [
      "0.5× your images per class",
      "10× your classes",
      "32 px, not 64",
      "balanced accuracy",
      "settings chosen by the score itself",
      "pre-training images overlap",
      "one seed",
    ],
  );
  assert.deepEqual(differences(row({ pixels: null, imagesPerClassTrain: 52 }), setting), ["image size varies"]);
});

Deno.test("expectations() gives the range of each kind, adjusted for chance row by row", () => {
  const [scratch, people, ...none] = expectations([
    row({ accuracy: 0.4, classes: 10, dataset: "a" }),
    row({ accuracy: 0.3, classes: 100, dataset: "b", imagesPerClassTrain: 30, optimistic: true }),
    row({ accuracy: 0.9, methodKind: "human", imagesPerClassTrain: 6000 }),
  ]);
  assert.deepEqual(none, []);
  assert.deepEqual([scratch.accuracy, scratch.classes, scratch.imagesPerClass], [[0.3, 0.4], [10, 100], [30, 50]]);
  // 40 % of 10 classes is above 30 % of 100 in both.
  assert.deepEqual(scratch.adjusted, [chanceAdjusted(0.3, 100), chanceAdjusted(0.4, 10)]);
  assert.deepEqual([scratch.datasets, scratch.optimistic], [["a", "b"], 1]);
  assert.deepEqual([people.kind, people.imagesPerClass], ["human", null]);
});

Deno.test("publishedGains() compares within a data set and size, within one publication where there is one", () => {
  const other = { authors: "Other", title: "Another", year: 2021, venue: null, url: null };
  const gains = publishedGains(
    [
      row({ accuracy: 0.5 }),
      row({ accuracy: 0.7, citation: other }),
      row({ accuracy: 0.6, methodKind: "linear-probe" }),
      row({ accuracy: 0.95, methodKind: "linear-probe", citation: { ...other, title: "A third" } }),
      row({ dataset: "b", accuracy: 0.4 }),
      row({ dataset: "b", accuracy: 0.6, citation: other }),
      row({ dataset: "b", accuracy: 0.8, methodKind: "linear-probe", citation: other, imagesPerClassTrain: 54 }),
      // Too far from the others in images per class.
      row({ dataset: "b", accuracy: 0.9, methodKind: "linear-probe", imagesPerClassTrain: 90 }),
      row({ dataset: "c", accuracy: 0.8, methodKind: "linear-probe" }),
    ],
    "from-scratch",
    "linear-probe",
  );
  assert.deepEqual(gains.map(({ dataset, together, from, to }) => [dataset, together, from.rows, to.rows]), [
    ["Some", true, 1, 1],
    ["b", true, 1, 1],
  ]);
  assert.ok(Math.abs(gains[0].gain - 0.1) < 1e-12 && Math.abs(gains[1].gain - 0.2) < 1e-12);
  const apart = publishedGains(
    [row(), row({ accuracy: 0.7, methodKind: "fine-tuned", citation: other })],
    "from-scratch",
    "fine-tuned",
  );
  assert.deepEqual(apart.map(({ together }) => together), [false]);
});

Deno.test("shortCitation() names one or two authors, or the first of more, and the year", () => {
  const cases: [string, number | null, string][] = [
    ["Karpathy", 2011, "Karpathy 2011"],
    ["Barz, Denzler", 2020, "Barz and Denzler 2020"],
    ["Lin, Chen, Yan", 2014, "Lin et al. 2014"],
    ["Wang et al.", 2022, "Wang et al. 2022"],
    ["Gauthier, Therien, Alsene-Racicot, et al.", 2022, "Gauthier et al. 2022"],
    ["LeCun et al. 1995 / Schmidhuber's page", 1995, "LeCun et al. 1995"],
    ["Kornblith, Shlens, Le (protocol); numbers from Chen et al. 2020", 2019, "Kornblith et al. 2019"],
    ["Our lab", null, "Our lab"],
    ["(nobody)", 2020, "(nobody) 2020"],
  ];
  for (const [authors, year, expected] of cases) assert.equal(shortCitation({ authors, year }), expected);
});
