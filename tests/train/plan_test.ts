import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { dataset } from "../../lib/mod.ts";
import { jupyterDisplay, RECORD_MIME, type ResultRecord } from "../../lib/display/mod.ts";
import * as engine from "../../lib/engine/mod.ts";
import {
  type Calibration,
  calibration,
  CALIBRATION_VERSION,
  calibrationPath,
  onGrid,
} from "../../lib/train/_calibration.ts";
import { limited, limitedFold } from "../../lib/train/_limit.ts";
import { chooseScope, scopes } from "../../lib/train/_scope.ts";
import { type Ground, otherSeconds, together, trainingSeconds } from "../../lib/train/_workload.ts";
import { Plan, plan, trainingConfig, useWorkers } from "../../lib/train/mod.ts";
import { imageFolder, inTempFolder } from "../_fixtures.ts";

/** Steps as on two cores with nothing else to do: 20 epochs of 600 images take 40 s, 60 epochs of the small CNN 70. */
const PACE: Calibration = {
  thread: { step: 0.097, first: 1 },
  threadOf4: { step: 0.02, first: 1 },
  small: { step: 0.057, first: 1 },
};

const times = (factor: number): Calibration => {
  const slower = ({ step, first }: { step: number; first: number }) => ({ step: factor * step, first: factor * first });
  return { thread: slower(PACE.thread), threadOf4: slower(PACE.threadOf4), small: slower(PACE.small) };
};

const ground = (more: Partial<Ground> = {}): Ground => ({
  images: 750,
  classes: 16,
  grouped: true,
  size: 64,
  mostFolds: 5,
  calibration: PACE,
  ...more,
});

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

Deno.test("a plan fits its budget with room for everything else, and takes what there is time for", () => {
  for (const images of [60, 750, 5000, 60_000]) {
    for (const factor of [0.2, 1, 5]) {
      const on = ground({ images, calibration: times(factor) });
      let before = 0;
      for (const minutes of [3, 5, 15, 30, 60, 600, 6000]) {
        const { scope, seconds, over } = chooseScope(on, 60 * minutes);
        assert.ok(over > 0 || seconds + otherSeconds(on) <= 60 * minutes, `${images} images, ${minutes} min`);
        assert.ok(scope.folds >= 2 && scope.share >= 0.2);
        assert.ok(seconds >= before, `more time, less training: ${images} images, ${minutes} min`);
        before = seconds;
      }
    }
  }
});

Deno.test("trainings at the same time take as long as the fullest place", () => {
  assert.equal(together([], 2), 0);
  assert.equal(together([5, 5, 5], 1), 15);
  assert.equal(together([5, 5, 5], 2), 10, "the third waits");
  assert.equal(together([5, 5, 5], 8), 5);
  assert.equal(together([6, 1, 2, 3], 2), 6, "a free place takes the next");
  const seconds = [1, 2, 4].map((atOnce) => trainingSeconds(ground({ atOnce }), scopes(ground())[0]));
  assert.ok(seconds[0] > seconds[1] && seconds[1] > seconds[2] && seconds[1] > seconds[0] / 2, `${seconds}`);
});

Deno.test("each cut takes less time than what stands before it", () => {
  for (
    const on of [
      ground(),
      ground({ images: 60_000 }),
      ground({ grouped: false, size: 32, images: 9000 }),
      ground({ atOnce: 2 }),
      ground({ atOnce: 4 }),
    ]
  ) {
    const seconds = scopes(on).map((scope) => trainingSeconds(on, scope));
    assert.deepEqual(seconds, seconds.toSorted((a, b) => b - a));
  }
});

Deno.test("on the sample, 15 minutes keep 5 folds where the machine is fast, else 3, all epochs kept", () => {
  const fast = new Plan(ground({ calibration: times(0.35), atOnce: 2 }), "15m");
  assert.deepEqual([fast.folds, fast.epochs(20), fast.proofs], [5, 20, true]);
  const asMeasured = new Plan(ground({ calibration: times(0.7), atOnce: 2 }), "15m");
  assert.ok(asMeasured.trainingSeconds < 8 * 60, `${asMeasured.trainingSeconds}`);
  assert.deepEqual([asMeasured.folds, asMeasured.epochs(20), asMeasured.epochs(60)], [3, 20, 60]);
});

Deno.test("3 minutes cut epochs and proofs, but never below four epochs and two folds", () => {
  const quick = new Plan(ground(), "3m");
  assert.ok(quick.trainingSeconds + quick.otherSeconds < 180 || quick.over > 0);
  assert.equal(quick.proofs, false);
  assert.ok(quick.folds >= 2 && quick.epochs(20) >= 4);
  const hopeless = new Plan(ground({ calibration: times(100) }), "90s");
  assert.deepEqual([hopeless.folds, hopeless.epochs(20), hopeless.repeats], [2, 4, 1]);
  assert.match(plain(hopeless.sentence), /Even that is estimated to take .*(h|min).* longer/);
});

Deno.test("without a limit nothing is cut and nothing is said to be", () => {
  const thorough = new Plan(ground({ calibration: times(100) }), "none");
  assert.deepEqual(
    [thorough.folds, thorough.repeats, thorough.epochs(20), thorough.proofs, thorough.mostImages, thorough.over],
    [5, 2, 20, true, null, 0],
  );
  assert.equal(thorough.finding, null);
  assert.equal(thorough.plain(3).mostImages, undefined);
  assert.doesNotMatch(thorough.text(), /instead of|In /);
});

Deno.test("very many images are not all trained on, and the plan says so", () => {
  const huge = new Plan(ground({ images: 500_000, classes: 10 }), "12h");
  assert.ok(huge.mostImages !== null && huge.mostImages >= 1000);
  assert.equal(huge.plain(1).mostImages, huge.mostImages);
  assert.equal(huge.careful(1).mostImages, huge.mostImages);
  assert.match(plain(huge.sentence), /training on at most [\d ]+ of the images/);
  const manyClasses = new Plan(ground({ images: 500_000, classes: 1000 }), "3h");
  assert.ok(manyClasses.mostImages! >= 10_000);
});

Deno.test("a tiny class limits the folds, and that is not called a cut", () => {
  const tiny = new Plan(ground({ images: 40, mostFolds: 2 }), "1h");
  assert.equal(tiny.folds, 2);
  assert.equal(tiny.finding, null);
});

Deno.test("a plan shows what was cut as a table, a finding and a line of the footer", () => {
  const record = new Plan(ground({ calibration: times(0.7), atOnce: 2 }), "15m")
    [jupyterDisplay]()[RECORD_MIME] as ResultRecord;
  const [finding] = record.findings!;
  assert.deepEqual([finding.code, finding.severity], ["budget-cut", "info"]);
  assert.match(
    plain(finding.sentence),
    /^To fit into 15 min: 3 folds instead of 5 and cross-validations run once instead of twice\.$/,
  );
  assert.equal(finding.evidence.length, 3);
  assert.deepEqual(record.tables?.[0].columns.map(({ label }) => plain(label)), ["", "Without a limit", "In 15 min"]);
  assert.match(record.footer!.Time, /3 folds instead of 5/);
});

Deno.test("what is left for improving is shared out, and says how many trainings it allows", () => {
  const one = { model: "small", epochs: 20, trained: 500, measured: 250, count: 12 } as const;
  const hour = new Plan(ground(), "1h"), none = new Plan(ground(), "none"), quick = new Plan(ground(), "2m");
  assert.equal(none.trainings("tune", one), 12);
  assert.equal(quick.trainings("tune", one), 0);
  assert.ok(hour.seconds("tune") > hour.seconds("verdict"));
  const stages = ["tune", "augment", "more data", "transfer", "verdict"] as const;
  const improving = stages.reduce((sum, stage) => sum + hour.seconds(stage), 0);
  assert.ok(hour.trainingSeconds + improving + hour.otherSeconds < 3600);
  assert.ok(
    new Plan(ground({ atOnce: 2 }), "15m").trainings("tune", { ...one, count: 1000 }) >=
      new Plan(ground(), "15m").trainings("tune", { ...one, count: 1000 }),
  );
});

Deno.test("a budget that is no time is refused with its value", () => {
  for (const budget of ["soon", "", "0m", "-5m", "15", "1d"]) {
    assert.throws(
      () => new Plan(ground(), budget),
      (error: Error) => error instanceof RangeError && error.message.includes(`it is "${budget}"`),
    );
  }
  assert.equal(new Plan(ground(), "900s").folds, new Plan(ground(), "15m").folds);
  assert.equal(new Plan(ground(), "1.5h").budget, "1.5h");
});

async function withData(test: (images: dataset.Dataset, folder: string) => Promise<void>) {
  await engine.use("onnx");
  await inTempFolder(async (folder) => {
    await imageFolder(join(folder, "data"), { "train/cat": 6, "train/dog": 4, "test/cat": 1, "test/dog": 1 });
    await test(await dataset.open(join(folder, "data"), { size: 32, onProgress: () => {} }), folder);
  });
}

Deno.test("plan() measures in all Workers at the same time where experiments run in them", () =>
  withData(async (images) => {
    useWorkers(2);
    try {
      await plan(images, "15m");
      const path = calibrationPath(images, 900, engine.currentWith(1).label, 2);
      const { thread, threadOf4, small } = JSON.parse(await Deno.readTextFile(path)) as Calibration;
      assert.ok([thread, threadOf4, small].every(({ step, first }) => step > 0 && first > step));
    } finally {
      useWorkers(0);
    }
  }));

Deno.test("plan() measures once; the same data, size and engine get the same plan again", () =>
  withData(async (images, folder) => {
    const first = await plan(images, "15m");
    assert.equal(first.folds, 4); // the smaller class has four images
    const path = calibrationPath(images, 900, engine.current().label);
    const written = await Deno.readTextFile(path);
    const again = await plan(images, "15m");
    assert.deepEqual([again.text(), await Deno.readTextFile(path)], [first.text(), written]);
    await plan(images, "900s");
    assert.equal((await Array.fromAsync(Deno.readDir(dirname(path)))).length, 1);
    await plan(images, "none");
    assert.equal((await Array.fromAsync(Deno.readDir(dirname(path)))).length, 2);
    const larger = await dataset.open(join(folder, "data"), { size: 48, onProgress: () => {} });
    assert.notEqual(calibrationPath(larger, 900, "a"), calibrationPath(images, 900, "a"));
    assert.notEqual(calibrationPath(images, 900, "a"), calibrationPath(images, 900, "b"));
    assert.notEqual(calibrationPath(images, 900, "a", 1), calibrationPath(images, 900, "a", 2));
  }));

Deno.test("a calibration that cannot be read is measured again, whoever comes first counts", () =>
  withData(async (images) => {
    const path = calibrationPath(images, 900, engine.current().label);
    const measure = () => Promise.resolve(PACE);
    assert.deepEqual(await calibration(images, 900, measure), PACE);
    const refuse = () => Promise.reject(new Error("measured again"));
    assert.deepEqual(await calibration(images, 900, refuse), PACE);
    for (
      const text of [
        "",
        "{",
        "null",
        JSON.stringify({ version: CALIBRATION_VERSION }),
        JSON.stringify({ version: 0, ...PACE }),
        JSON.stringify({ version: CALIBRATION_VERSION, ...PACE, small: { step: -1, first: 1 } }),
      ]
    ) {
      await Deno.writeTextFile(path, text);
      await assert.rejects(calibration(images, 900, refuse), /measured again/);
    }
    // Another process is done while this one still measures.
    const theirs = times(2);
    const measured = await calibration(images, 900, async () => {
      await Deno.writeTextFile(path, JSON.stringify({ version: CALIBRATION_VERSION, ...theirs }));
      return PACE;
    });
    assert.deepEqual(measured, theirs);
  }));

Deno.test("calibrations lie on a grid coarser than the noise of timing", () => {
  const values = new Set(Array.from({ length: 40 }, (_, i) => onGrid(0.1 * (0.9 + i / 200))));
  assert.ok(values.size <= 2, `${values.size}`);
  assert.ok(Math.abs(Math.log(onGrid(0.37) / 0.37)) <= Math.log(2) / 4);
});

Deno.test("limited() draws classes in proportion, the same for every model on a fold, and leaves small folds alone", () => {
  const records = Array.from({ length: 1000 }, (_, i) => ({ label: i < 900 ? 0 : i < 996 ? 1 : 2 }));
  const images = { records } as unknown as dataset.Dataset;
  const fold = { train: [...records.keys()], validation: [], by: "image", index: 1, of: 5, seed: 4 } as const;
  const config = { mostImages: 100 };
  const drawn = limited(images, fold.train, config, fold);
  const counts = [0, 1, 2].map((label) => drawn.filter((image) => records[image].label === label).length);
  assert.equal(new Set(drawn).size, 100);
  assert.ok(Math.abs(counts[0] - 90) <= 1 && counts[2] === 1, counts.join());
  assert.deepEqual(limitedFold(images, fold, config).train, drawn);
  assert.notDeepEqual(limited(images, fold.train, config, { ...fold, seed: 5 }), drawn);
  assert.equal(limited(images, fold.train, {}, fold), fold.train);
  assert.throws(() => trainingConfig({ mostImages: 0 }), /mostImages must be a whole number of at least 1, got 0/);
});
