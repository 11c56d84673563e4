import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataset, diagnose, engine, model, stats } from "../../../lib/mod.ts";
import { imageFolder, inTempFolder } from "../../_fixtures.ts";
import { findPythonWith } from "../../_programs.ts";

const python = await findPythonWith("keras", ["jax", "torch", "tensorflow"]);
if (!python) console.log("skipped: Keras's own files, since no python3 on the PATH has keras with a backend");

/** What train_with_keras.py writes beside Keras's files. */
interface Numbers {
  readonly history: Readonly<Record<"loss" | "accuracy" | "val_loss" | "val_accuracy", number[]>>;
  readonly probabilities: number[][];
  readonly confusion: number[][];
  readonly calibrationError: number;
  readonly layers: [string, number[]][];
  readonly parameters: number;
  readonly weights: Readonly<Record<string, [number[], number[]][]>>;
}

/** Trains with Keras on a small data set, once for all steps. */
async function withKeras(
  test: (folder: string, images: dataset.Dataset, fold: dataset.Fold, numbers: Numbers) => Promise<void>,
) {
  await engine.use("onnx");
  await inTempFolder(async (folder) => {
    await imageFolder(join(folder, "data"), { hat: 26, shoe: 26, tie: 26 });
    const images = await dataset.open(join(folder, "data"), { size: 16, onProgress: () => {} });
    const fold = images.holdOut(0.4, { seed: 1 });
    const place = new Map(images.development.map((image, i) => [image, i]));
    await Deno.writeFile(join(folder, "pixels.bin"), await images.pixels(images.development));
    await Deno.writeTextFile(
      join(folder, "input.json"),
      JSON.stringify({
        size: images.size,
        classes: images.classes,
        paths: images.development.map((image) => images.records[image].path),
        labels: [...images.labels(images.development)],
        train: fold.train.map((image) => place.get(image)),
        validation: fold.validation.map((image) => place.get(image)),
      }),
    );
    const script = join(dirname(fileURLToPath(import.meta.url)), "train_with_keras.py");
    const { code, stderr } = await new Deno.Command(python!, { args: [script, folder] }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const numbers = JSON.parse(await Deno.readTextFile(join(folder, "numbers.json")));
    await test(folder, images, fold, numbers);
  });
}

Deno.test(
  "what Keras trained and wrote is judged as the same numbers are here",
  { ignore: python === null },
  (t) =>
    withKeras(async (folder, images, fold, numbers) => {
      const labels = [...images.labels(fold.validation)];
      const { history, probabilities } = numbers;
      const direct: diagnose.Predictions = {
        name: "predictions",
        images: fold.validation,
        probabilities: Float32Array.from(probabilities.flat()),
        correct: probabilities.map((row, i) => row.indexOf(Math.max(...row)) === labels[i]),
        folds: 1,
      };
      const epochs = history.loss.map((loss, i) => ({
        epoch: i + 1,
        loss,
        accuracy: history.accuracy[i],
        validationLoss: history.val_loss[i],
        validationAccuracy: history.val_accuracy[i],
        seconds: NaN,
      }));

      await t.step("CSVLogger and history.history give the epochs, to the last digit", async () => {
        for (const name of ["run.csv", "history.json"]) {
          assert.deepEqual((await diagnose.importHistory(join(folder, name))).history, epochs);
        }
      });

      await t.step("the predictions are the same numbers of the same images", async () => {
        const imported = await diagnose.importPredictions(join(folder, "predictions.csv"), images);
        assert.deepEqual({ ...imported, notes: undefined }, { ...direct, notes: undefined });
      });

      await t.step("the verdict is that of a run with these numbers", async () => {
        const run: diagnose.TrainedRun = {
          model: "run-elsewhere",
          config: { augmentation: null },
          fold: { ...fold, by: "image" },
          history: epochs,
          keptEpoch: epochs.length,
          correct: direct.correct,
          trainingAccuracy: epochs.at(-1)!.accuracy,
          deadUnits: [],
        };
        const expected = diagnose.learningCurves(run, images);
        const elsewhere = await diagnose.trainedElsewhere(
          { historyPath: join(folder, "run.csv"), predictionsPath: join(folder, "predictions.csv") },
          images,
        );
        const verdict = elsewhere.verdict!;
        assert.equal(verdict.verdict, expected.verdict);
        assert.equal(verdict.sentence, expected.sentence);
        const values = ({ findings }: diagnose.Verdict) =>
          findings.flatMap(({ evidence }) => evidence.map(({ id, value, low, high }) => [id, value, low, high]));
        assert.deepEqual(values(verdict), values(expected));
        // Pictures of nothing: they can be learnt by heart and not understood.
        assert.equal(verdict.verdict, "overfitting");
      });

      await t.step("confusion matrix and calibration are those that NumPy finds", async () => {
        const imported = await diagnose.importPredictions(join(folder, "predictions.csv"), images);
        const k = images.classes.length;
        for (const { probabilities } of [imported, direct]) {
          assert.deepEqual(
            stats.confusionMatrix(labels, diagnose.predictedClasses(probabilities, k), k),
            numbers.confusion,
          );
          const error = stats.expectedCalibrationError(probabilities, labels, k);
          assert.ok(Math.abs(error - numbers.calibrationError) < 1e-9, `${error}, ${numbers.calibrationError}`);
        }
      });

      await t.step(
        "its architecture has the same layers, and with its weights says the same of the images",
        async () => {
          const spec = await model.load(join(folder, "model.json"), { size: images.size, classes: 3 });
          assert.deepEqual(spec.inputRange, [0, 255]);
          const built = spec.build({ size: images.size, classes: 3, seed: 1 });
          try {
            assert.equal(built.countParams(), numbers.parameters);
            assert.deepEqual(
              built.layers.map((layer) => [layer.getClassName(), [layer.outputShape].flat().slice(1)]),
              numbers.layers,
            );
            for (const [name, weights] of Object.entries(numbers.weights)) {
              const tensors = weights.map(([shape, values]) => engine.tf.tensor(values, shape));
              built.getLayer(name).setWeights(tensors);
              tensors.forEach((tensor) => tensor.dispose());
            }
            const pixels = await images.pixels(fold.validation);
            const said = engine.tf.tidy(() =>
              (built.predict(
                engine.tf.tensor4d(Float32Array.from(pixels), [fold.validation.length, images.size, images.size, 3]),
              ) as engine.Tensor).dataSync()
            );
            said.forEach((p, i) =>
              assert.ok(Math.abs(p - direct.probabilities[i]) < 1e-3, `${p}, ${direct.probabilities[i]}`)
            );
          } finally {
            built.dispose();
          }
        },
      );

      await t.step("it can be trained here", async () => {
        const own = await diagnose.ownModel(join(folder, "model.json"), images, fold, { epochs: 2, batchSize: 16 });
        assert.equal(own.run!.history.length, 2);
      });
    }),
);
