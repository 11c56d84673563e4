import assert from "node:assert/strict";
import { AugmentError, checkedPolicy, combined, policies } from "../../lib/augment/mod.ts";
import { trainingConfig } from "../../lib/train/mod.ts";

Deno.test("checkedPolicy() lets all shipped policies through, as they are and from JSON", () => {
  for (const policy of Object.values(policies)) {
    assert.equal(checkedPolicy(policy), policy);
    checkedPolicy(JSON.parse(JSON.stringify(policy)));
  }
});

Deno.test("checkedPolicy() names what is wrong, its rule and its value", () => {
  const operations = (...list: unknown[]) => ({ name: "mine", operations: list });
  for (
    const [policy, message] of [
      [null, "Cannot augment: the policy must be an object, got null"],
      [{ operations: [] }, "Cannot augment: a policy needs a name, got undefined"],
      [
        { name: "mine", operations: [] },
        'Cannot augment with "mine": operations must be a list of at least one, got []',
      ],
      [{ name: "mine", flip: true, operations: [{}] }, 'a policy has a name and operations, it has "flip" too'],
      [operations({ kind: "melt" }), "the kind of operation 1 must be one of flip, rotate, "],
      [
        operations({ kind: "rotate", degrees: 270 }),
        "degrees of rotate must be a number above 0 and at most 180, got 270",
      ],
      [
        operations({ kind: "rotate", degrees: NaN }),
        "degrees of rotate must be a number above 0 and at most 180, got null",
      ],
      [
        operations({ kind: "flip", axis: "diagonal" }),
        'axis of flip must be "horizontal" or "vertical", got "diagonal"',
      ],
      [operations({ kind: "crop", least: 1 }), "least of crop must be a number above 0 and below 1, got 1"],
      [
        operations({ kind: "blur", sigma: 0.01, chance: 0 }),
        "chance of blur must be a number above 0 and at most 1, got 0",
      ],
      [operations({ kind: "noise", sigma: 0.1, sd: 2 }), 'noise takes sigma and chance, it has "sd" too'],
      [operations(policies.flip.operations[0], "shift"), 'operation 2 must be an object, got "shift"'],
    ] as const
  ) {
    assert.throws(
      () => checkedPolicy(policy),
      (error: Error) => error instanceof AugmentError && error.message.includes(message),
      message,
    );
  }
});

Deno.test("trainingConfig() refuses a policy that cannot be applied, before anything is trained", () => {
  const augmentation = { name: "mine", operations: [{ kind: "scale", by: -1 }] } as never;
  assert.throws(() => trainingConfig({ augmentation }), /Cannot augment with "mine": by of scale must be .*, got -1/);
  assert.throws(() => trainingConfig({ augmentation: { name: "mirror", flip: true } as never }), RangeError);
});

Deno.test("combined() has each operation once, what moves pixels first", () => {
  const all = combined([policies.cutout, policies.colour, policies.flipShift, policies.flip, policies.rotate]);
  assert.deepEqual(
    all.operations.map(({ kind }) => kind),
    ["flip", "rotate", "translate", "brightness", "contrast", "saturation", "hue", "cutout"],
  );
  assert.equal(all.name, "cutout + colour + flip-shift + flip + rotate");
  assert.deepEqual(combined([policies.flip, policies.shift]).operations, policies.flipShift.operations);
  assert.throws(() => combined([]), AugmentError);
});
