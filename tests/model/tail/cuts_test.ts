import assert from "node:assert/strict";
import { cutsOf, type Step } from "../../../lib/model/tail/_cuts.ts";

const step = (name: string, inputs: string[], spatial = false): Step => ({ name, inputs, spatial });

Deno.test("cutsOf() cuts before the last convolution that looks at neighbours, then before the one before it", () => {
  const steps = [
    step("image", []),
    step("conv1", ["image"], true),
    step("relu1", ["conv1"]),
    step("conv2", ["relu1"], true),
    step("narrow", ["conv2"]),
  ];
  assert.deepEqual(cutsOf(steps, ["narrow"]), [
    { at: "relu1", from: "conv2", behind: ["conv2", "narrow"] },
    { at: "image", from: "conv1", behind: ["conv1", "relu1", "conv2", "narrow"] },
  ]);
});

Deno.test("cutsOf() never cuts within a block with a shortcut", () => {
  const steps = [
    step("image", []),
    step("stem", ["image"]),
    step("expand", ["stem"]),
    step("depthwise", ["expand"], true),
    step("sum", ["depthwise", "stem"]),
    step("head", ["sum"]),
  ];
  assert.deepEqual(cutsOf(steps, ["head"]).map(({ at }) => at), ["stem"]);
});

Deno.test("cutsOf() leaves taps before the cut as they are, and what no tap needs away", () => {
  const steps = [
    step("image", []),
    step("early", ["image"], true),
    step("late", ["early"], true),
    step("classifier", ["late"], true),
  ];
  const [cut] = cutsOf(steps, ["early", "late"]);
  assert.deepEqual(cut, { at: "early", from: "late", behind: ["late"] });
});
