import assert from "node:assert/strict";
import { join } from "node:path";
import * as dataset from "../../lib/dataset/mod.ts";
import * as engine from "../../lib/engine/mod.ts";
import {
  compareBackbones,
  embeddingMap,
  ensembles,
  heads,
  keepOffers,
  selectHeads,
  together,
} from "../../lib/improve/mod.ts";
import { type Backbone, smallCnn } from "../../lib/model/mod.ts";
import { offers } from "../../lib/pipeline/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { inTempFolder, write } from "../_fixtures.ts";
import sharp from "sharp";

const CLASSES = ["dark", "grey", "light"], SIZE = 8;

/** A folder of flat pictures whose shade is their class, with some noise; four to a group. */
async function shades(folder: string, perClass = 20): Promise<string> {
  const random = new Random("shades");
  const rows = ["file_name,group"];
  for (const [k, name] of CLASSES.entries()) {
    for (let i = 0; i < perClass; i++) {
      const pixels = Uint8Array.from({ length: 12 * 12 * 3 }, () => 40 + 80 * k + random.integer(60));
      const png = await sharp(pixels, { raw: { width: 12, height: 12, channels: 3 } }).png().toBuffer();
      await write(join(folder, name, `${i}.png`), new Uint8Array(png));
      rows.push(`${name}/${i}.png,${name}-${Math.floor(i / 4)}`);
    }
  }
  await write(join(folder, "groups.csv"), rows.join("\n"));
  return folder;
}

/** Two taps: one sees brightness among noise, one sees nothing but noise. */
function network(name = "fake", options: { readonly blind?: boolean } = {}): Backbone & { looked: number } {
  const CHANNELS = 40;
  const make = (taps: readonly string[], poolings: readonly string[]): Backbone & { looked: number } => {
    const parts = taps.flatMap((tap) => poolings.map((pooling) => ({ tap, pooling }))).map((part, i) => {
      return { ...part, offset: i * CHANNELS, length: CHANNELS };
    });
    return {
      name,
      version: JSON.stringify([name, options, taps, poolings]),
      description: "A made-up network.",
      size: SIZE,
      taps: taps.map((node) => ({ node, channels: CHANNELS })),
      poolings,
      parts,
      dimensions: parts.length * CHANNELS,
      available: ["noise", "shade"].map((node) => ({ node, channels: CHANNELS })),
      path: "",
      guesses: [],
      verified: [],
      looked: 0,
      features(this: Backbone, pixels: Uint8Array, n: number) {
        const stride = SIZE * SIZE * 3;
        const values = new Float32Array(n * this.dimensions);
        for (let i = 0; i < n; i++) {
          const picture = pixels.subarray(i * stride, (i + 1) * stride);
          const mean = picture.reduce((sum, v) => sum + v, 0) / stride;
          const random = new Random(mean);
          for (const { tap, offset, length } of parts) {
            for (let c = 0; c < length; c++) {
              const seen = tap === "shade" && !options.blind && c % 4 === 0 ? mean / 50 : 0;
              values[i * this.dimensions + offset + c] = seen + random.normal();
            }
          }
        }
        total.looked += n;
        return Promise.resolve(values);
      },
      choose: ({ taps: t = taps, poolings: p = poolings }) => make(t, p),
    } as unknown as Backbone & { looked: number };
  };
  const total = make(["shade"], ["average"]);
  return total;
}

const setUp = async (folder: string) => {
  await engine.use("onnx");
  const images = await dataset.open(await shades(join(folder, "shades")));
  return { images, folds: images.folds(3) };
};

Deno.test("heads() chooses what works on inner folds, and measures it on images that had no say", () =>
  inTempFolder(async (folder) => {
    const { images, folds } = await setUp(folder);
    const backbone = network();
    const found = await heads(images, folds, { backbone });
    assert.ok(found.accuracy.estimate > 0.8, `${found.accuracy.estimate}`);
    assert.equal(found.accuracy.n, images.development.length);
    assert.deepEqual(
      found.rows.map(({ family }) => family),
      ["discriminant", "logistic", "class-mean", "nearest", "mlp", "chosen"],
    );
    assert.equal(found.selection.overall.byFold.length, 3);
    for (const { head } of found.selection.overall.byFold) assert.ok(head.temperature! > 0);
    const recipe = found.recipe();
    assert.ok(recipe.taps.includes("shade"));
    assert.equal(found.offer().probabilities.length, 3 * images.development.length);
    assert.match(found.findings.findings[0].sentence, /Frozen fake with the head and taps that inner folds choose/);

    // The second time nothing is computed.
    const looked = backbone.looked;
    const again = await heads(images, folds, { backbone });
    assert.deepEqual(again.predictions.probabilities, found.predictions.probabilities);
    assert.equal(backbone.looked, looked);
  }));

Deno.test("what is said of a fold does not depend on its labels", () =>
  inTempFolder(async (folder) => {
    const { images, folds } = await setUp(folder);
    const first = await selectHeads(images, folds, network(), { brief: true });
    const held = new Set(folds[0].validation);
    const records = images.records.map((record, i) =>
      held.has(i) ? { ...record, label: (record.label + 1) % 3 } : record
    );
    const changed = Object.create(images, { records: { value: records } });
    const second = await selectHeads(changed, folds, network(), { brief: true });
    const part = folds[0].validation.length * 3;
    assert.deepEqual(
      second.overall.probabilities.subarray(0, part),
      first.overall.probabilities.subarray(0, part),
    );
    assert.notDeepEqual(second.overall.probabilities.subarray(part), first.overall.probabilities.subarray(part));
  }));

Deno.test("where nothing can be learnt, the best of many settings is not better than chance", () =>
  inTempFolder(async (folder) => {
    const { images, folds } = await setUp(folder);
    const { accuracy } = await heads(images, folds, { backbone: network("blind", { blind: true }) });
    assert.ok(accuracy.low < 1 / 3 && accuracy.high < 0.75, JSON.stringify(accuracy));
  }));

Deno.test("two folds are too few to choose by: fixed heads are measured", () =>
  inTempFolder(async (folder) => {
    const { images } = await setUp(folder);
    const { selection, accuracy } = await heads(images, images.folds(2), { backbone: network() });
    assert.deepEqual([selection.tried, selection.nested], [4, false]);
    assert.ok(accuracy.estimate > 0.6);
  }));

Deno.test("little time leaves out the slow ones, and says so", () =>
  inTempFolder(async (folder) => {
    const { images, folds } = await setUp(folder);
    const found = await heads(images, folds, { backbone: network(), plan: { seconds: () => 5 } });
    assert.deepEqual(found.rows.map(({ family }) => family), ["discriminant", "class-mean", "nearest", "chosen"]);
    assert.ok(found.findings.findings.some(({ code }) => code === "budget-cut"));
  }));

Deno.test("networks are compared in pairs, and another one is preferred only where it is better by more than chance", () =>
  inTempFolder(async (folder) => {
    const { images, folds } = await setUp(folder);
    const plan = { seconds: () => 5 };
    const [seeing, blind, same] = [
      await heads(images, folds, { backbone: network(), plan }),
      await heads(images, folds, { backbone: network("blind", { blind: true }), plan }),
      await heads(images, folds, { backbone: network("twin"), plan }),
    ];
    const compared = compareBackbones(images, [blind, seeing]);
    assert.equal(compared.best, seeing);
    assert.ok(compared.comparisons[0].difference.low > 0);
    assert.equal(compareBackbones(images, [seeing, blind]).best, seeing);
    assert.equal(compareBackbones(images, [seeing, same]).best, seeing);
    assert.match(compared.findings.findings[0].sentence, /fake is better than blind/);
    assert.equal(compared.table().rows.length, 2);
  }));

Deno.test("an ensemble is the mean of its members, measured and offered only where it is better", () =>
  inTempFolder(async (folder) => {
    const { images, folds } = await setUp(folder);
    const found = await heads(images, folds, { backbone: network(), plan: { seconds: () => 5 } });
    const { predictions } = found;
    const first = { label: "head", predictions, recipe: found.recipe() };
    const twin = ensembles(images, first, [[{ ...first, label: "twin" }]]);
    twin.best.predictions.probabilities.forEach((p, j) => assert.ok(Math.abs(p - predictions.probabilities[j]) < 1e-6));
    assert.equal(twin.best.comparison.difference.estimate, 0);
    assert.equal(twin.offer(), null);

    // Another order of the images is put right; one that is never wrong helps.
    const order = predictions.images.toReversed();
    const oracle = {
      ...predictions,
      name: "oracle",
      images: order,
      correct: order.map(() => true),
      probabilities: Float32Array.from(
        order.flatMap((i) => [0, 1, 2].map((k) => Number(k === images.records[i].label))),
      ),
    };
    const blind = await heads(images, folds, { backbone: network("b", { blind: true }), plan: { seconds: () => 5 } });
    const weak = { label: "blind", predictions: blind.predictions, recipe: blind.recipe() };
    const helped = ensembles(images, weak, [[{ label: "oracle", predictions: oracle, recipe: found.recipe() }]]);
    assert.ok(helped.best.comparison.difference.low > 0);
    const offered = helped.offer()!;
    assert.equal(offered.recipe.kind, "ensemble");

    const kept = await keepOffers(images, [found.offer(), twin.offer(), offered]);
    assert.equal(kept.table.rows.length, 2);
    assert.deepEqual((await offers(images)).map(({ notebook }) => notebook), ["09", "09"]);
  }));

Deno.test("the map lays images of a class together, the same ones each time", () =>
  inTempFolder(async (folder) => {
    const { images, folds } = await setUp(folder);
    const found = await heads(images, folds, { backbone: network(), plan: { seconds: () => 5 } });
    const map = await embeddingMap(images, found);
    assert.equal(map.points.length, images.development.length);
    assert.ok(map.neighbours > 0.5, `${map.neighbours}`);
    const { width, height } = await sharp(Uint8Array.fromBase64(map.picture.jpeg)).metadata();
    assert.deepEqual([width, height], [map.picture.width, map.picture.height]);
    assert.match(map.pictures().html(), /<img src="data:image\/jpeg;base64,[^"]+" width="\d+" height="\d+" alt="/);
    assert.deepEqual((await embeddingMap(images, found)).points, map.points);
  }));

Deno.test("together() puts the chosen head with another kind, a trained network, and other backbones' heads", () =>
  inTempFolder(async (folder) => {
    const { images, folds } = await setUp(folder);
    const plan = { seconds: () => 5 };
    const [first, second] = [
      await heads(images, folds, { backbone: network(), plan }),
      await heads(images, folds, { backbone: network("twin"), plan }),
    ];
    const trained = { label: "small CNN", model: smallCnn(), config: { seed: 1 }, predictions: second.predictions };
    const made = together(images, first, trained, { others: [first, second] });
    const kind = first.row("chosen").final!.head.kind;
    const other = kind === "nearest" ? "shrunken discriminant" : "nearest neighbours";
    assert.deepEqual(made.ensembles.map(({ label }) => label), [
      `Chosen head + ${other}`,
      "Chosen head + small CNN",
      `Chosen head + ${other} + small CNN`,
      "Chosen head + head on twin",
    ]);
    for (const { members } of made.ensembles) assert.ok(members.every(({ recipe }) => recipe !== null));
    assert.equal(made.ensembles[1].members[1].recipe!.kind, "network");
  }));
