import assert from "node:assert/strict";
import {
  accuracy,
  applyTemperature,
  balancedAccuracy,
  brier,
  confusionMatrix,
  expectedCalibrationError,
  fitTemperature,
  logLoss,
  macroF1,
  reliabilityBins,
  StatsError,
} from "../../lib/stats/mod.ts";
import { close, reference } from "./_reference.ts";

const expected = reference.classification;
const { labels, predictions, probabilities } = expected;

Deno.test("scores of predictions and of probabilities agree with scikit-learn to 1e-9", () => {
  assert.deepEqual(confusionMatrix(labels, predictions, 4), expected.confusion);
  close(accuracy(labels, predictions, 4), expected.accuracy);
  close(balancedAccuracy(labels, predictions, 4), expected.balancedAccuracy);
  close(macroF1(labels, predictions, 4), expected.macroF1);
  close(logLoss(probabilities, labels, 4), expected.logLoss);
  close(brier(probabilities, labels, 4), expected.brier);
});

Deno.test("reliabilityBins() and expectedCalibrationError() agree with scikit-learn's calibration_curve", () => {
  const filled = reliabilityBins(probabilities, labels, 4).filter(({ images }) => images > 0);
  assert.deepEqual(filled.map(({ images }) => images), expected.calibration.images);
  close(filled.map(({ confidence }) => confidence!), expected.calibration.confidence);
  close(filled.map(({ accuracy }) => accuracy!.estimate), expected.calibration.right);
  close(expectedCalibrationError(probabilities, labels, 4), expected.calibration.error);
});

Deno.test("reliabilityBins() keeps empty bins, and puts full confidence into the last one", () => {
  const bins = reliabilityBins([1, 0, 0.6, 0.4], [0, 1], 2, { bins: 4 });
  assert.deepEqual(bins.map(({ images }) => images), [0, 0, 1, 1]);
  assert.deepEqual([bins[0].low, bins[0].high, bins[0].confidence, bins[0].accuracy], [0, 0.25, null, null]);
  assert.equal(bins[3].accuracy!.estimate, 1);
});

Deno.test("fitTemperature() finds the temperature that SciPy's minimiser finds", () => {
  const temperature = fitTemperature(probabilities, labels, 4);
  close(temperature, expected.temperature, 1e-5);
  close(logLoss(applyTemperature(probabilities, 4, temperature), labels, 4), expected.scaledLogLoss);
});

Deno.test("temperature scaling of an overconfident model lowers its calibration error and changes no prediction", () => {
  const scaled = applyTemperature(probabilities, 4, fitTemperature(probabilities, labels, 4));
  assert.ok(expectedCalibrationError(scaled, labels, 4) < 0.5 * expectedCalibrationError(probabilities, labels, 4));
  labels.forEach((_, image) => {
    const row = [...scaled.subarray(image * 4, image * 4 + 4)];
    assert.equal(row.indexOf(Math.max(...row)), predictions[image]);
  });
});

Deno.test("fitTemperature() stays within its range when all images are right, or all are wrong", () => {
  assert.equal(fitTemperature([0.9, 0.1, 0.2, 0.8], [0, 1], 2), 0.05);
  assert.equal(fitTemperature([0.9, 0.1, 0.2, 0.8], [1, 0], 2), 20);
});

Deno.test("logLoss() of a class that was ruled out is large, not infinite", () => {
  assert.ok(Number.isFinite(logLoss([1, 0], [1], 2)) && logLoss([1, 0], [1], 2) > 30);
  close(logLoss([0.25, 0.25, 0.25, 0.25], [2], 4), Math.log(4));
  close(brier([0.25, 0.25, 0.25, 0.25], [2], 4), 0.75);
});

Deno.test("scores of probabilities take float32 rows and reject what is no probability", () => {
  close(brier(Float32Array.from(probabilities), labels, 4), expected.brier, 1e-6);
  assert.throws(
    () => logLoss([0.5, 0.6], [0], 2),
    new StatsError("Cannot make a log loss: the probabilities of an image sum to 1, those of image 0 to 1.1"),
  );
  assert.throws(() => brier([NaN, 1], [0], 2), /that of image 0, class 0 is NaN/);
  assert.throws(() => brier([0.5, 0.5], [0, 1], 2), /2 images of 2 classes need 4 probabilities, there are 2/);
  assert.throws(() => logLoss([0.5, 0.5], [2], 2), /classes run from 0 to 1, labels\[0\] is 2/);
  assert.throws(() => applyTemperature([0.5, 0.5], 2, 0), /must be positive, it is 0/);
});
