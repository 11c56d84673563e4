/**
 * `deno task coverage`: how often do the intervals of cross-validated accuracy hold the truth, and how often are equally
 * good learners told apart? Three learners, with and without groups, on 2,000 simulated data sets each.
 * `--datasets N`, `--images N` and `--folds N` change that.
 *
 * It ends with an error where the method that the workbench uses covers less than 93 % or raises more than 6 % false
 * alarms.
 */
import { parseArgs } from "node:util";
import { simulate } from "./coverage_simulation.ts";

const { values } = parseArgs({
  options: {
    datasets: { type: "string", default: "2000" },
    images: { type: "string", default: "200" },
    folds: { type: "string", default: "5" },
  },
});
const simulation = {
  datasets: Number(values.datasets),
  images: Number(values.images),
  folds: Number(values.folds),
};
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

console.log(
  `${simulation.datasets} data sets of ${simulation.images} images, 4 classes, ${simulation.folds} folds; ` +
    "95 % intervals of the expected accuracy at the fold's training size; tests at level 0.05",
);
const started = performance.now();
let worstCoverage = 1, worstAlarms = 0;
for (const { learner, groups, truth, mean, deviation, methods } of simulate(simulation)) {
  console.log(
    `\n${learner}, ${groups ? "groups of 5" : "no groups"}: expected ${percent(truth)}, ` +
      `cross-validated ${percent(mean)} on average, standard deviation ${percent(deviation)}`,
  );
  console.log("  method                           coverage   mean width   false positives   power");
  for (const { method, coverage, width, falsePositives, power } of methods) {
    const cells = [
      percent(coverage).padStart(8),
      percent(width).padStart(10),
      percent(falsePositives).padStart(15),
      percent(power).padStart(5),
    ];
    console.log(`  ${method.padEnd(32)} ${cells.join("   ")}`);
  }
  worstCoverage = Math.min(worstCoverage, methods[0].coverage);
  worstAlarms = Math.max(worstAlarms, methods[0].falsePositives);
}
const fine = worstCoverage >= 0.93 && worstAlarms <= 0.06;
console.log(
  `\nThe workbench uses the corrected variance over images (groups where there are any): coverage at least ` +
    `${percent(worstCoverage)} (wanted: 93 %), false positives at most ${percent(worstAlarms)} (wanted: 6 %). ` +
    `${fine ? "ok" : "FAILED"}, ${((performance.now() - started) / 1000).toFixed(0)} s`,
);
Deno.exit(fine ? 0 : 1);
