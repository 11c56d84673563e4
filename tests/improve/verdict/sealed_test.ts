import assert from "node:assert/strict";
import { threadCnn } from "../../../lib/model/mod.ts";
import { levers, saveBest, SealedVerdict, sealedVerdict } from "../../../lib/improve/mod.ts";
import { loadSaved, type Offer, offerOf } from "../../../lib/pipeline/mod.ts";
import { crossValidate, linearProbe } from "../../../lib/train/mod.ts";
import { bundledBackbone } from "../../../lib/model/mod.ts";
import { HEAD, NETWORK, withPaintings } from "../../pipeline/_small.ts";

const quiet = { onProgress: () => {} };
const plan = { seconds: () => 1000 };

Deno.test("the sealed test set is opened on request only, once an opening, and pipelines are not fitted again", () =>
  withPaintings(async (images) => {
    const folds = images.folds(2, { seed: 1 });
    const runs = await crossValidate(threadCnn(), images, folds, NETWORK.config, quiet);
    const about = { name: "thread-cnn", lever: "The CNN of the question", notebook: "06" };
    const probe = await linearProbe(images, bundledBackbone(), folds, quiet);
    const offer: Offer = {
      name: "head",
      lever: "Frozen features",
      notebook: "09",
      seconds: 1,
      recipe: { ...HEAD, taps: bundledBackbone().taps.map(({ node }) => node) },
      images: probe.images,
      probabilities: probe.probabilities,
      folds: 2,
    };
    const found = levers(images, [offerOf(runs, threadCnn(), images, about), offer], { folds: 2 });
    assert.equal(found.best, 1);

    const closed = await sealedVerdict(images, found, { unseal: false, plan });
    assert.equal(closed.facts, null);
    assert.deepEqual(images.test.ledger(), []);
    assert.match(closed.findings.text(), /12 images, is sealed. Nobody has opened it yet/);
    assert.match(closed.findings.text(), /--only 10 --unseal/);
    assert.equal(closed.chart(), null);

    const opened = await sealedVerdict(images, found, { unseal: true, plan });
    const { steps, best, total } = opened.facts!;
    assert.equal(images.test.ledger().length, 1);
    assert.equal(images.test.ledger()[0].kind, "verdict");
    assert.equal(steps.length, 2);
    assert.equal(best, 1);
    assert.equal(steps[0].accuracy.n, 12);
    assert.equal(total!.n, 12);
    assert.equal(
      total!.estimate.toFixed(6),
      (steps[1].accuracy.estimate - steps[0].accuracy.estimate).toFixed(6),
    );
    assert.match(opened.findings.text(), /On 12 sealed images, thread-cnn gets/);
    assert.ok(opened.confusion() !== null);
    assert.match((await opened.errors()).text(), /said/i);

    const again = await sealedVerdict(images, found, { unseal: true, plan });
    assert.equal(images.test.ledger().length, 2);
    assert.deepEqual(again.facts!.steps.map((one) => one.predictions), steps.map((one) => one.predictions));
    assert.match(again.findings.text(), /was opened 2 times for a verdict/);
    const shut = await sealedVerdict(images, found, { unseal: false, plan });
    assert.match(shut.findings.text(), /It was opened 2 times before/);
    assert.ok(shut instanceof SealedVerdict);

    const saved = await saveBest(images, found, opened);
    assert.match(saved.text(), /Saved: head\. Logistic regression/);
    const { facts, name } = (await loadSaved()).content;
    assert.equal(name, "head");
    assert.deepEqual(facts.metrics.map(({ id }) => id), ["lever.head", "best-of-many", "sealed.head"]);
    await saveBest(images, found, shut);
    const later = (await loadSaved()).content.facts.metrics;
    assert.deepEqual(later.map(({ id }) => id), ["lever.head", "best-of-many", "sealed.head"], "it was measured once");
    assert.ok(facts.metrics.every(({ low, high }) => low !== undefined && high !== undefined));
  }));

Deno.test("without time, only where it began and the best are fitted for the sealed test set, and the rest is named", () =>
  withPaintings(async (images) => {
    const folds = images.folds(2, { seed: 1 });
    const probe = await linearProbe(images, bundledBackbone(), folds, quiet);
    const offer = (name: string, probabilities: Float32Array): Offer => ({
      name,
      lever: name,
      notebook: "09",
      seconds: 100,
      recipe: { ...HEAD, taps: bundledBackbone().taps.map(({ node }) => node) },
      images: probe.images,
      probabilities,
      folds: 2,
    });
    const wrong = probe.probabilities.map((value) => (1 - value) / 2);
    const list = [
      offer("a", wrong),
      offer("b", wrong.map((value) => 0.5 * value + 1 / 6)),
      offer("c", probe.probabilities),
    ];
    const found = levers(images, list, { folds: 2 });
    const { facts, findings } = await sealedVerdict(images, found, { unseal: true, plan: { seconds: () => 0 } });
    assert.deepEqual(facts!.steps.map(({ offer }) => offer.name), ["a", "c"]);
    assert.match(findings.text(), /For lack of time these were not fitted anew for the sealed test set: b/);
  }));
