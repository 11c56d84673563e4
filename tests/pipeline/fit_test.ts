import assert from "node:assert/strict";
import { portable, smallCnn } from "../../lib/model/mod.ts";
import { Classifier, fit, loadSaved, save } from "../../lib/pipeline/mod.ts";
import { crossValidate, linearProbe } from "../../lib/train/mod.ts";
import { bundledBackbone } from "../../lib/model/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { HEAD, NETWORK, withPaintings } from "./_small.ts";

const quiet = { onProgress: () => {} };

function noise(n: number) {
  const random = new Random("noise");
  return Array.from({ length: n }, () => {
    const pixels = Uint8Array.from({ length: 48 * 40 * 3 }, () => random.integer(256));
    return { pixels, width: 48, height: 40 };
  });
}

Deno.test("a head is fitted on all images, calibrated out of fold, knows noise for unlike, and comes back bit for bit", () =>
  withPaintings(async (images) => {
    const { development } = images;
    const folds = images.folds(3, { seed: 1 });
    const outOfFold = await linearProbe(images, bundledBackbone(), folds, quiet);
    const classifier = await fit(images, development, HEAD, { name: "frozen", outOfFold, folds });
    const { temperature, unlike } = classifier.content;
    assert.ok(temperature !== 1);
    assert.ok(unlike?.kind === "distance" && unlike.n === development.length);
    const own = await classifier.predict(images, development);
    assert.ok(own.filter(({ label }, i) => label === images.records[development[i]].label).length > 30, "it learnt");
    for (const { probabilities } of own) {
      assert.ok(Math.abs(probabilities.reduce((sum, value) => sum + value) - 1) < 1e-9);
    }
    assert.ok((await classifier.answers(noise(5))).every((one) => one.unlike === true), "noise is unlike anything");

    await save(classifier);
    const again = await loadSaved();
    assert.deepEqual(await again.predict(images, development), own);
    assert.deepEqual(again.content, classifier.content);
  }));

Deno.test("the same recipe on the same images is not fitted twice, and a temperature of its own is another classifier", () =>
  withPaintings(async (images) => {
    const first = await fit(images, images.development, NETWORK);
    const second = await fit(images, images.development, NETWORK);
    assert.equal(second.content.facts.seconds, first.content.facts.seconds);
    assert.equal(second.content.id, first.content.id);
    const folds = images.folds(2, { seed: 1 });
    const runs = await crossValidate(
      (await import("../../lib/model/mod.ts")).threadCnn(),
      images,
      folds,
      NETWORK.config,
      quiet,
    );
    const probabilities = new Float32Array(runs.flatMap((run) => [...run.probabilities]));
    const calibrated = await fit(images, images.development, NETWORK, {
      outOfFold: { images: folds.flatMap((fold) => fold.validation), probabilities },
      folds,
    });
    assert.notEqual(calibrated.content.id, first.content.id);
    // Its last layer sees 100,000 numbers, too many to compare pictures by: confidence it is.
    assert.equal(calibrated.content.unlike?.kind, "confidence");
  }));

Deno.test("a network with early stopping keeps the weights of its training, an ensemble averages its members", () =>
  withPaintings(async (images) => {
    const model = portable(smallCnn(), { size: 32, classes: 3, seed: 1 })!;
    const small = { kind: "network", model, config: { epochs: 3, earlyStopping: { patience: 2 }, seed: 1 } } as const;
    const folds = images.folds(2, { seed: 1 });
    const [a, b, both] = [
      await fit(images, images.development, small, { folds }),
      await fit(images, images.development, HEAD),
      await fit(images, images.development, { kind: "ensemble", members: [small, HEAD] }),
    ];
    assert.equal(a.content.unlike?.kind, "distance", "its embedding is what its last layer sees");
    const indices = images.development.slice(0, 5);
    const [ofA, ofB, ofBoth] = await Promise.all([a, b, both].map((one) => one.predict(images, indices)));
    ofBoth.forEach(({ probabilities }, i) =>
      probabilities.forEach((value, k) => {
        const mean = (ofA[i].probabilities[k] + ofB[i].probabilities[k]) / 2;
        assert.ok(Math.abs(value - mean) < 1e-6);
      })
    );
    await save(both);
    assert.deepEqual(await (await loadSaved()).predict(images, indices), ofBoth);
  }));

Deno.test("a network that was scored on several views of each image predicts from as many", () =>
  withPaintings(async (images) => {
    const fold = images.holdOut(0.25, { seed: 1 });
    const config = { ...NETWORK.config, testTimeAugmentation: 2 };
    const [once, twice] = [
      await fit(images, fold.train, NETWORK),
      await fit(images, fold.train, { ...NETWORK, config }),
    ];
    const [a, b] = [await once.predict(images, fold.validation), await twice.predict(images, fold.validation)];
    assert.notDeepEqual(a, b);
    const pixels = await images.pixels(fold.validation, { size: 32 });
    const mirrored = fold.validation.map((_, i) => {
      const own = pixels.slice(i * 3072, (i + 1) * 3072);
      return {
        pixels: own.map((_, at) => own[Math.floor(at / 96) * 96 + 93 - 3 * Math.floor(at % 96 / 3) + at % 3]),
        width: 32,
        height: 32,
      };
    });
    const other = await once.answers(mirrored);
    b.forEach(({ probabilities }, i) =>
      probabilities.forEach((value, k) => {
        const mean = (a[i].probabilities[k] + other[i].probabilities[k]) / 2;
        assert.ok(Math.abs(value - mean) < 1e-6);
      })
    );
  }));

Deno.test("fit() refuses sealed images, unknown taps, and a saved pipeline that is not there", () =>
  withPaintings(async (images) => {
    const sealed = [...images.records.keys()].find((i) => !images.development.includes(i))!;
    await assert.rejects(fit(images, [sealed], HEAD), /it is in the sealed test set/);
    await assert.rejects(
      fit(images, images.development, { ...HEAD, taps: ["nowhere"] }),
      /Cannot use the tap "nowhere"/,
    );
    await assert.rejects(loadSaved(), /there is no pipeline yet/);
    assert.ok(Classifier);
  }));
