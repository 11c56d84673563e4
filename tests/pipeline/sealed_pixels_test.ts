import assert from "node:assert/strict";
import { join } from "node:path";
import { policies } from "../../lib/augment/mod.ts";
import { audit, type Dataset, open } from "../../lib/dataset/mod.ts";
import { dataAudit, labelErrors, probe } from "../../lib/diagnose/mod.ts";
import * as engine from "../../lib/engine/mod.ts";
import { ablate, heads, levers, moreData } from "../../lib/improve/mod.ts";
import { bundledBackbone, smallCnn, threadCnn } from "../../lib/model/mod.ts";
import { fit, offer, offerOf, offers } from "../../lib/pipeline/mod.ts";
import { Random } from "../../lib/stats/mod.ts";
import { crossValidate, fit as train } from "../../lib/train/mod.ts";
import { inTempFolder } from "../_fixtures.ts";
import { paintings } from "../_paintings.ts";
import { HEAD } from "./_small.ts";

const quiet = { onProgress: () => {} };

/** All that learns, chooses or measures before the verdict, from nothing: caches are the folder's own. */
async function everything(images: Dataset) {
  const folds = images.folds(2, { seed: 1 });
  const hold = images.holdOut(0.25, { seed: 1 });
  const run = await train(smallCnn(), images, hold, { epochs: 2, earlyStopping: { patience: 1 }, seed: 1 });
  const runs = await crossValidate(threadCnn(), images, folds, { epochs: 2, batchSize: 12, seed: 1 }, quiet);
  const probed = await probe(images, folds, { seed: 1, ...quiet });
  const doubts = await labelErrors(images, { folds: 2, seed: 1, ...quiet });
  const headed = await heads(images, folds, { seed: 1 });
  const curve = await moreData(images, folds, { draws: 2, seed: 1 });
  const flipped = await ablate(images, folds, { name: "plain", model: smallCnn(), config: { epochs: 1, seed: 1 } }, [
    { name: "flipped", model: smallCnn(), config: { epochs: 1, seed: 1, augmentation: policies.flip } },
  ], { id: "t", title: "t", seed: 1 });
  const taps = bundledBackbone().taps.map(({ node }) => node);
  await offer(images, offerOf(runs, threadCnn(), images, { name: "thread-cnn", lever: "CNN", notebook: "06" }));
  await offer(images, {
    name: "head",
    lever: "Frozen features",
    notebook: "09",
    seconds: 1,
    recipe: { ...HEAD, taps },
    images: probed.images,
    probabilities: probed.probabilities,
    folds: 2,
  });
  const found = levers(images, (await offers(images)).map((one) => ({ ...one, seconds: 1 })), { folds: 2 });
  const chosen = found.steps[found.best].offer;
  const classifier = await fit(images, images.development, chosen.recipe, { outOfFold: chosen, folds, seed: 1 });
  const { facts: _, ...content } = classifier.content;
  const said = await classifier.predict(images, images.development);
  classifier.dispose();
  return {
    fingerprint: images.fingerprint,
    development: images.development,
    folds,
    hold,
    inner: run.inner,
    ids: [run.id, ...runs.map(({ id }) => id)],
    history: [run, ...runs].map(({ history }) => history.map(({ seconds: _, ...row }) => row)),
    probabilities: [run, ...runs].map(({ probabilities }) => probabilities),
    accuracies: [run, ...runs].map(({ validationAccuracy }) => validationAccuracy),
    probe: [probed.probabilities, probed.accuracy],
    heads: [timeless(headed.table()), headed.findings.text()],
    curve: curve.findings.text(),
    ablation: timeless(flipped.table()),
    doubts: doubts.suspects.map(({ image }) => image),
    levers: found.table(),
    selection: found.selection,
    content,
    said,
  };
}

/** Without how long things took. */
function timeless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part) => key === "seconds" ? undefined : part));
}

/** The same data set with another test part: its results, what an audit says, and the ledger. */
async function withTestPart(spoil: (pixels: Uint8Array, random: Random) => void) {
  let results: Awaited<ReturnType<typeof everything>> | undefined;
  let audited = "", kinds: string[] = [], sealed: string[] = [];
  await inTempFolder(async (folder) => {
    await engine.use("onnx", { threads: 1 });
    const data = await paintings(join(folder, "data"), {
      train: 14,
      test: 6,
      spoil({ pixels, part, label, index }) {
        if (part === "test") spoil(pixels, new Random(`${label}/${index}`));
      },
    });
    const images = await open(data, { size: 32, onProgress: () => {} });
    results = await everything(images);
    assert.deepEqual(images.test.ledger(), [], "nothing of that opened the test set");
    audited = (await dataAudit(await audit(images))).text();
    kinds = images.test.ledger().map(({ kind }) => kind);
    const development = new Set(images.development);
    sealed = images.records.filter((_, i) => !development.has(i)).map(({ hash }) => hash);
  });
  return { results: results!, audited, kinds, sealed };
}

Deno.test("sealed pixels replaced with noise change no split, training, choice or accuracy; the audit that looks is in the ledger", async () => {
  const plain = await withTestPart(() => {});
  const noisy = await withTestPart((pixels, random) => pixels.forEach((_, i) => pixels[i] = random.integer(256)));
  assert.equal(
    plain.sealed.filter((hash) => noisy.sealed.includes(hash)).length,
    0,
    "the test parts have nothing in common",
  );
  assert.deepEqual(noisy.results, plain.results);
  assert.notEqual(noisy.audited, plain.audited, "an audit without labels does look at them");
  assert.deepEqual([...new Set(noisy.kinds)], ["audit"]);
});
